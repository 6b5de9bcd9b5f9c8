// Command clientsecret is the Lambda function that rotates the client secrets of tenants' app clients.
package main

func main() {}

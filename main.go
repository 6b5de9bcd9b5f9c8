// Command cognito-m2m-cdk synthesizes the stacks of one environment.
package main

func main() {}

// Package docs_test checks what the documents say about the rest of the repository.
package docs_test

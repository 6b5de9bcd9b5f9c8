// Package generate makes environments of any number of tenants, always the same for the same number, to measure and to test with.
package generate

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

// TenantsPerFile is how many tenants a file has, but for the last one. A stack of them has up to 400 of CloudFormation's 500 resources.
const TenantsPerFile = 100

// File is a file of tenants.
type File struct {
	Name    string   `json:"name"`
	Tenants []Tenant `json:"tenants"`
}

// Tenant is one tenant. Half of them ask for three scopes, one in five has readers of its secret, one in fifty scopes of its own.
type Tenant struct {
	ID              string   `json:"id"`
	Scopes          []string `json:"scopes"`
	ValidityMinutes int      `json:"validityMinutes"`
	OwnScopes       []string `json:"ownScopes,omitempty"`
	Readers         []string `json:"readers,omitempty"`
}

var (
	servers    = []string{"orders", "shipments", "inventory", "pricing", "billing"}
	operations = []string{"read", "write", "cancel"}
	validities = []int{60, 120, 480, 720, 1440}
)

// Tenants are n tenants in their files.
func Tenants(n int) []File {
	var files []File
	for i := range n {
		if i%TenantsPerFile == 0 {
			files = append(files, File{Name: fmt.Sprintf("file-%03d", i/TenantsPerFile)})
		}
		file := &files[len(files)-1]
		file.Tenants = append(file.Tenants, tenant(i))
	}
	return files
}

func tenant(i int) Tenant {
	t := Tenant{ID: fmt.Sprintf("tenant-%05d", i), ValidityMinutes: validities[i%len(validities)]}
	for s := range 2 + i%2 {
		t.Scopes = append(t.Scopes, servers[(i+s)%len(servers)]+"/"+operations[i/2%len(operations)])
	}
	switch i % 10 {
	case 0:
		t.Readers = []string{"444455556666"}
	case 5:
		t.Readers = []string{"arn:aws:iam::111122223333:role/" + t.ID, "arn:aws:iam::444455556666:role/readers/" + t.ID}
	}
	if i%50 == 7 {
		t.OwnScopes = []string{"export"}
	}
	return t
}

// JSON writes the tenants' files as one, for programs that read no YAML.
func JSON(file string, n int) error {
	body, err := json.Marshal(Tenants(n))
	if err != nil {
		return err
	}
	return os.WriteFile(file, body, 0o600)
}

// Environment writes an environment of n tenants, with its lock, into the folder root/name.
func Environment(root, name string, n int) error {
	folder := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Join(folder, "tenants"), 0o750); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "environment.yaml"), environment(name), 0o600); err != nil {
		return err
	}
	for _, file := range Tenants(n) {
		if err := os.WriteFile(filepath.Join(folder, "tenants", file.Name+".yaml"), file.yaml(), 0o600); err != nil {
			return err
		}
	}
	lock, err := config.PlanLock(root, name)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "tenants.lock.yaml"), lock.Content, 0o600)
}

func environment(name string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `name: %s
account: "111122223333"
region: eu-west-1
tags: {team: platform-identity, cost-center: "4410", data-classification: confidential}
userPool:
  domain: {prefix: parcelworks-m2m-%s}
limits: {clientsPerPool: 10000, resourceServersPerPool: 300}
credentials:
  readerAccounts: ["444455556666"]
originHeader:
  rotation: {trail: true}
resourceServers:
`, name, name)
	for _, server := range servers {
		fmt.Fprintf(&b, "  - identifier: %s\n    scopes:\n", server)
		for _, operation := range operations {
			fmt.Fprintf(&b, "      - {name: %s, description: \"%s %s\"}\n", operation, operation, server)
		}
	}
	return []byte(b.String())
}

func (f File) yaml() []byte {
	var b strings.Builder
	b.WriteString("tenants:\n")
	for _, t := range f.Tenants {
		fmt.Fprintf(&b, "  - id: %s\n    accessTokenValidity: %dm\n    scopes: [%s]\n", t.ID, t.ValidityMinutes, strings.Join(t.Scopes, ", "))
		if len(t.OwnScopes) > 0 {
			b.WriteString("    ownScopes:\n")
		}
		for _, scope := range t.OwnScopes {
			fmt.Fprintf(&b, "      - {name: %s, description: \"%s of %s\"}\n", scope, scope, t.ID)
		}
		if len(t.Readers) > 0 {
			fmt.Fprintf(&b, "    readers: [\"%s\"]\n", strings.Join(t.Readers, `", "`))
		}
	}
	return []byte(b.String())
}

package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"

	"example.com/orders-api/orders"
)

// assembly is the folder of the app's templates, synthesized once for all tests.
var assembly string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	defer jsii.Close()
	var err error
	if assembly, err = os.MkdirTemp("", "orders-api-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(assembly) }()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(assembly)})
	addStack(app)
	app.Synth(nil)
	return m.Run()
}

// Propagation in the simulation: for so long after a change requests meet the former value or the new one by chance.
const propagation = 150 * time.Millisecond

// system is the deployed stack, with its orders in memory. Every tenant has had its first credentials.
type system struct {
	*simulator.System
	store  *memory
	client *http.Client
	url    string // of the API
}

func newSystem(t *testing.T, bounds simulator.CredentialsBounds) system {
	t.Helper()
	s := system{store: newMemory()}
	api := orders.API{Store: s.store, Log: slog.New(slog.DiscardHandler)}
	var err error
	s.System, err = simulator.Load(assembly, simulator.Options{
		WAFBound: propagation, StageBound: propagation, SecretBound: propagation,
		Functions: map[string]simulator.Function{orders.Description: api.Handle},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.client = &http.Client{Transport: s.Transport()}
	if len(s.APIs()) != 1 || s.APIs()[0].Name != apiName {
		t.Fatalf("resource servers: %+v", s.APIs())
	}
	s.url = s.APIs()[0].URL
	if _, err := s.Credentials().Sweep(t.Context(), bounds); err != nil {
		t.Fatal(err)
	}
	return s
}

// secret is the name of a tenant's secret.
func (s system) secret(t *testing.T, tenant string) string {
	t.Helper()
	name, err := s.Credentials().SecretName(tenant)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(name, "orders/tenants/") {
		t.Fatalf("the secret of %s is %s", tenant, name)
	}
	return name
}

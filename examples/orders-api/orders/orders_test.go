package orders_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"example.com/orders-api/orders"
)

// store has one order of acme, and fails for the tenant "broken".
type store struct{ put []string }

func (s *store) List(_ context.Context, tenant string) ([]orders.Order, error) {
	if tenant == "broken" {
		return nil, errors.New("a secret reason")
	}
	if tenant != "acme" {
		return nil, nil
	}
	return []orders.Order{{ID: "1", Item: "tea", Quantity: 2}}, nil
}

func (s *store) Get(ctx context.Context, tenant, id string) (orders.Order, error) {
	all, err := s.List(ctx, tenant)
	if err == nil && (len(all) == 0 || all[0].ID != id) {
		return orders.Order{}, orders.ErrNotFound
	}
	return orders.Order{ID: id, Item: "tea", Quantity: 2}, err
}

func (s *store) Put(ctx context.Context, tenant string, o orders.Order) error {
	s.put = append(s.put, fmt.Sprint(tenant, " ", o))
	_, err := s.List(ctx, tenant)
	return err
}

func TestAPI_answersRequests(t *testing.T) {
	for name, test := range map[string]struct {
		method, tenant, order, body string
		status                      int
		want, put                   string
	}{
		"all orders":            {"GET", "acme", "", "", 200, `{"orders":[{"id":"1","item":"tea","quantity":2}],"tenant":"acme"}`, ""},
		"none":                  {"GET", "globex", "", "", 200, `{"orders":[],"tenant":"globex"}`, ""},
		"one":                   {"GET", "acme", "1", "", 200, `{"id":"1","item":"tea","quantity":2}`, ""},
		"one that is not there": {"GET", "acme", "2", "", 404, `{"message":"no such order"}`, ""},
		"another tenant's":      {"GET", "globex", "1", "", 404, `{"message":"no such order"}`, ""},
		"a new one": {"PUT", "acme", "2", `{"item": "milk", "quantity": 1}`, 200, `{"id":"2","item":"milk","quantity":1}`,
			"acme {2 milk 1}"},
		"with its id":             {"PUT", "acme", "2", `{"id": "2", "item": "milk", "quantity": 1}`, 200, `{"id":"2"`, "acme {2 milk 1}"},
		"with another id":         {"PUT", "acme", "2", `{"id": "3", "item": "milk", "quantity": 1}`, 400, "no id but the path's", ""},
		"an id with a slash":      {"PUT", "acme", "2/3", `{"item": "milk", "quantity": 1}`, 400, "the order's id", ""},
		"a tenant in an encoding": {"PUT", "%61cme", "2", `{"item": "milk", "quantity": 1}`, 400, "the tenant's id", ""},
		"no quantity":             {"PUT", "acme", "2", `{"item": "milk"}`, 400, "a quantity of 1", ""},
		"a member too many": {"PUT", "acme", "2", `{"item": "milk", "quantity": 1, "tenant": "globex"}`, 400, "want a JSON object",
			""},
		"two objects":      {"PUT", "acme", "2", `{"item": "milk", "quantity": 1}{}`, 400, "want a JSON object", ""},
		"a brace too many": {"PUT", "acme", "2", `{"item": "milk", "quantity": 1}}`, 400, "want a JSON object", ""},
		"too long": {"PUT", "acme", "2", `{"item": "milk", "quantity": 1}` + strings.Repeat(" ", 5000), 400,
			"want a JSON object", ""},
		"another method":          {"DELETE", "acme", "2", "", 405, "not allowed", ""},
		"a store that fails":      {"GET", "broken", "", "", 503, `{"message":"try again later"}`, ""},
		"a store that fails, one": {"GET", "broken", "1", "", 503, `{"message":"try again later"}`, ""},
	} {
		s := &store{}
		r := events.APIGatewayProxyRequest{HTTPMethod: test.method, PathParameters: map[string]string{"tenant": test.tenant},
			Body: test.body}
		if test.order != "" {
			r.PathParameters["order"] = test.order
		}
		r.RequestContext.Authorizer = map[string]any{"tenant": test.tenant}
		got, err := orders.API{Store: s, Log: slog.New(slog.DiscardHandler)}.Handle(t.Context(), r)
		if err != nil || got.StatusCode != test.status || !strings.Contains(got.Body, test.want) || strings.Join(s.put, ",") != test.put {
			t.Errorf("%s: got %d %s, stored %q, error %v, want %d …%s…, %q", name, got.StatusCode, got.Body, s.put, err, test.status,
				test.want, test.put)
		}
	}
}

// Without an authorizer in front nothing is shown, and the log says so.
func TestAPI_failsWithoutAnAuthorizer(t *testing.T) {
	var log bytes.Buffer
	api := orders.API{Store: &store{}, Log: slog.New(slog.NewJSONHandler(&log, nil))}
	got, err := api.Handle(t.Context(), events.APIGatewayProxyRequest{HTTPMethod: http.MethodGet,
		PathParameters: map[string]string{"tenant": "acme"}})
	if err != nil || got.StatusCode != http.StatusInternalServerError || strings.Contains(got.Body, "tea") ||
		!strings.Contains(log.String(), "no tenant") {
		t.Errorf("got %d %s, error %v, log %s", got.StatusCode, got.Body, err, log.String())
	}
}

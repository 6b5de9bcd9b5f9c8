// Package orders answers requests to the orders API. Who may do what has been decided before: by the token's scopes and by the
// policies. What is left to it is to look nowhere but where the decision was about: under the tenant in the path.
package orders

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// Description is that of the Lambda function.
const Description = "Keeps the orders of all tenants"

// Order is an order of a tenant.
type Order struct {
	ID       string `json:"id"`
	Item     string `json:"item"`
	Quantity int    `json:"quantity"`
}

// ErrNotFound says that the tenant has no such order.
var ErrNotFound = errors.New("no such order")

// Store keeps the orders of each tenant apart.
type Store interface {
	// List returns a tenant's orders.
	List(ctx context.Context, tenant string) ([]Order, error)
	// Get returns one of a tenant's orders, or ErrNotFound.
	Get(ctx context.Context, tenant, id string) (Order, error)
	// Put stores an order, in place of a former one with the same id.
	Put(ctx context.Context, tenant string, order Order) error
}

// API answers requests. Both fields are required.
type API struct {
	Store Store
	Log   *slog.Logger
}

var (
	// tenantID is what a tenant may be called. Whether API Gateway shows its authorizer and its integration a parameter in the same
	// encoding is not documented: without one, both mean the same tenant.
	tenantID = regexp.MustCompile(`^[a-z0-9-]{1,48}$`)
	// orderID is what an order may be called.
	orderID = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
)

// Limits of what is stored.
const (
	maxBody     = 4096
	maxItem     = 200
	maxQuantity = 1_000_000
)

// Handle answers a request that the authorizer let pass.
func (a API) Handle(ctx context.Context, r events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	tenant, id := r.PathParameters["tenant"], r.PathParameters["order"]
	if caller, _ := r.RequestContext.Authorizer["tenant"].(string); caller == "" || tenant == "" {
		// There is no authorizer in front, or a route without a tenant: nothing may be shown to anybody.
		a.Log.ErrorContext(ctx, "no tenant", "resource", r.Resource, "requestId", r.RequestContext.RequestID)
		return problem(http.StatusInternalServerError, "internal error"), nil
	}
	switch {
	case !tenantID.MatchString(tenant):
		return problem(http.StatusBadRequest, "the tenant's id is not allowed: use 1 to 48 of a-z, 0-9 and '-'"), nil
	case r.HTTPMethod == http.MethodGet && id == "":
		return a.list(ctx, tenant)
	case !orderID.MatchString(id):
		return problem(http.StatusBadRequest, "the order's id is not allowed: use 1 to 64 letters, digits and '-'"), nil
	case r.HTTPMethod == http.MethodGet:
		return a.get(ctx, tenant, id)
	case r.HTTPMethod == http.MethodPut:
		return a.put(ctx, tenant, id, r.Body)
	}
	return problem(http.StatusMethodNotAllowed, "method not allowed"), nil
}

func (a API) list(ctx context.Context, tenant string) (events.APIGatewayProxyResponse, error) {
	all, err := a.Store.List(ctx, tenant)
	if err != nil {
		return a.failed(ctx, err)
	}
	return answer(http.StatusOK, map[string]any{"tenant": tenant, "orders": append([]Order{}, all...)}), nil
}

func (a API) get(ctx context.Context, tenant, id string) (events.APIGatewayProxyResponse, error) {
	order, err := a.Store.Get(ctx, tenant, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return problem(http.StatusNotFound, ErrNotFound.Error()), nil
	case err != nil:
		return a.failed(ctx, err)
	}
	return answer(http.StatusOK, order), nil
}

func (a API) put(ctx context.Context, tenant, id, body string) (events.APIGatewayProxyResponse, error) {
	order, err := decode(body)
	if err != nil {
		return problem(http.StatusBadRequest, `want a JSON object such as {"item": "tea", "quantity": 2}`), nil
	}
	if order.Item == "" || len(order.Item) > maxItem || order.Quantity < 1 || order.Quantity > maxQuantity ||
		order.ID != "" && order.ID != id {
		return problem(http.StatusBadRequest, "want an item of 1 to 200 bytes, a quantity of 1 to 1000000, and no id but the path's"), nil
	}
	order.ID = id
	if err := a.Store.Put(ctx, tenant, order); err != nil {
		return a.failed(ctx, err)
	}
	return answer(http.StatusOK, order), nil
}

// decode reads one object and nothing behind it.
func decode(body string) (Order, error) {
	if len(body) > maxBody {
		return Order{}, errors.New("too long")
	}
	order, decoder := Order{}, json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&order); err != nil {
		return Order{}, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Order{}, errors.New("there is more")
	}
	return order, nil
}

// failed says nothing of the reason to the client.
func (a API) failed(ctx context.Context, err error) (events.APIGatewayProxyResponse, error) {
	a.Log.ErrorContext(ctx, "store", "error", err)
	return problem(http.StatusServiceUnavailable, "try again later"), nil
}

func problem(status int, message string) events.APIGatewayProxyResponse {
	return answer(status, map[string]string{"message": message})
}

func answer(status int, value any) events.APIGatewayProxyResponse {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // Texts and numbers can always be marshalled.
	}
	return events.APIGatewayProxyResponse{
		StatusCode: status, Headers: map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store"}, Body: string(body),
	}
}

package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"example.com/orders-api/orders"
)

// memory keeps orders for as long as a test runs.
type memory struct {
	mu  sync.Mutex
	all map[string]map[string]orders.Order // by tenant and id
}

var _ orders.Store = (*memory)(nil)

func newMemory() *memory { return &memory{all: map[string]map[string]orders.Order{}} }

func (m *memory) List(_ context.Context, tenant string) ([]orders.Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.all[tenant]), func(a, b orders.Order) int { return strings.Compare(a.ID, b.ID) }), nil
}

func (m *memory) Get(_ context.Context, tenant, id string) (orders.Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if order, ok := m.all[tenant][id]; ok {
		return order, nil
	}
	return orders.Order{}, orders.ErrNotFound
}

func (m *memory) Put(_ context.Context, tenant string, order orders.Order) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all[tenant] == nil {
		m.all[tenant] = map[string]orders.Order{}
	}
	m.all[tenant][order.ID] = order
	return nil
}

package cognito

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// Within the bound a new secret may be refused and a deleted one accepted; after it, neither.
func TestPropagation_secretsTakeTheirTimeToArrive(t *testing.T) {
	now := time.Unix(1, 0)
	p, err := New(Config{Region: "eu-west-1", AccountID: "111122223333", ID: "eu-west-1_Exampl001", SecretBound: time.Second,
		Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{Client: Client{ID: "client"}, secrets: newSecrets([]secret{newSecret("first", now)}, p.config)}
	p.clients["client"] = c
	added := strings.Repeat("second", 5)
	accepted := func(value string) (n int) {
		for range 1000 {
			if c.authenticates(value) {
				n++
			}
		}
		return n
	}
	if _, err := p.AddSecret("client", added); err != nil {
		t.Fatal(err)
	}
	if n := accepted(added); n == 0 || n == 1000 {
		t.Errorf("a new secret was accepted %d times of 1000, want some", n)
	}
	now = now.Add(time.Second)
	if n := accepted(added); n != 1000 {
		t.Errorf("after the bound the new secret was accepted %d times of 1000", n)
	}
	listed, err := p.ListSecrets("client")
	if err != nil || len(listed) != 2 {
		t.Fatalf("%d secrets, error %v", len(listed), err)
	}
	if err := p.DeleteSecret("client", listed[0].ID); err != nil {
		t.Fatal(err)
	}
	if n := accepted("first"); n == 0 || n == 1000 {
		t.Errorf("a deleted secret was accepted %d times of 1000, want some", n)
	}
	now = now.Add(time.Second)
	if n := accepted("first"); n != 0 {
		t.Errorf("after the bound the deleted secret was accepted %d times of 1000", n)
	}
	if err := p.DeleteSecret("client", listed[0].ID); !errors.Is(err, ErrNoSecret) {
		t.Errorf("deleted twice: %v", err)
	}
}

// A key is published before it signs, and its predecessor for as long as was said.
func TestPropagation_keyIsPublishedBeforeItSigns(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	p, err := New(Config{Region: "eu-west-1", AccountID: "111122223333", ID: "eu-west-1_Exampl001", Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	published := func() (kids []string) {
		var document struct{ Keys []struct{ Kid string } }
		if err := json.Unmarshal(p.JWKS(), &document); err != nil {
			t.Fatal(err)
		}
		for _, key := range document.Keys {
			kids = append(kids, key.Kid)
		}
		return kids
	}
	signs := func() string { return p.ring().current.public.ID }
	if err := p.UseKey(time.Hour); err == nil {
		t.Error("a key signs that was not published")
	}
	former := signs()
	if err := p.PublishKey(); err != nil {
		t.Fatal(err)
	}
	if kids := published(); len(kids) != 2 || signs() != former {
		t.Errorf("published: %q, and %q signs, want it and another, and %q", kids, signs(), former)
	}
	if err := p.PublishKey(); err == nil {
		t.Error("a second key was published before the first one signs")
	}
	if err := p.UseKey(time.Hour); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour - 1)
	if kids := published(); len(kids) != 2 || signs() == former || kids[1] != former {
		t.Errorf("published: %q, %q signs, the former one is %q", kids, signs(), former)
	}
	now = now.Add(1)
	if kids := published(); len(kids) != 1 || kids[0] != signs() {
		t.Errorf("after the time to keep it the former key is published still: %q", kids)
	}
}

package credentials

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestObserver_getsEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		w := newWorld()
		w.slow, w.cacheTTL = time.Second, 45*time.Minute
		s := w.source(t, func(c *Config) {
			c.Timeout = 3 * time.Second
			c.Observer = func(e Event) {
				got = append(got, fmt.Sprintf("%s %s status=%d failed=%t background=%t",
					e.Kind, e.Duration.Round(time.Second), e.Status, e.Err != nil, e.Background))
				if (e.Kind == TokenReplaced) == e.Expires.IsZero() {
					t.Errorf("%s expires %s", e.Kind, e.Expires)
				}
			}
		})
		wantToken(t, s, "1")
		synctest.Wait()
		// The gateway's cache has no other token for a resource server's refusal.
		if _, ok := s.renew(t.Context(), s.held); ok {
			t.Error("got another token")
		}
		synctest.Wait()
		w.set(func() {
			w.answer = func(*http.Request, int) (*http.Response, error) { return answer(404, ""), nil }
			w.readErr = errors.New("no answer")
		})
		time.Sleep(55 * time.Minute)
		wantToken(t, s, "1")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		want := []string{
			"secret-read 0s status=0 failed=false background=false",
			"token-request 1s status=200 failed=false background=false",
			"token-replaced 1s status=0 failed=false background=false",
			"token-request 1s status=200 failed=false background=false",
			"token-request 1s status=404 failed=true background=true",
			"secret-read 0s status=0 failed=true background=false",
			"failed 1s status=0 failed=true background=true",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

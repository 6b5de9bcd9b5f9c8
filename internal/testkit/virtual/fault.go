package virtual

// Fault strikes the request with the index At.
type Fault struct {
	At   int
	Kind Kind
}

// Kind is what can happen to one request.
type Kind int

// The kinds of faults.
const (
	None Kind = iota
	FailBefore
	FailAfter // the response is lost
	CrashBefore
	CrashAfter
	Throttled // this request and the next three fail
	Stale     // a read returns what was there a while ago
	Slow      // the request takes six minutes
	kinds
)

func (k Kind) String() string {
	return [...]string{"none", "fail before", "fail after", "crash before", "crash after", "throttle burst", "stale read", "slow"}[k]
}

// Kinds are the kinds of faults that differ for a read or a write.
func Kinds(write bool) (all []Kind) {
	for k := FailBefore; k < kinds; k++ {
		if ((k == FailAfter || k == CrashAfter) && !write) || (k == Stale && write) {
			continue
		}
		all = append(all, k)
	}
	return all
}

const throttleBurst = 4

func (t *Time) faultAt(call int) Kind {
	for _, f := range t.Faults {
		if call == f.At || (f.Kind == Throttled && call > f.At && call < f.At+throttleBurst) {
			return f.Kind
		}
	}
	return None
}

package clientsecret

import (
	"strings"
	"time"
)

// Settled is the value of the tag TagSettled: what has been verified, of which versions. As long as the secret looks the same in
// ListSecrets, the sweep need not ask for more.
type Settled struct {
	// Done: nothing is left to do. Otherwise superseded client secrets are waiting for their grace to end.
	Done bool
	// CurrentID and PreviousID are the versions with the labels, PreviousID may be "".
	CurrentID, PreviousID string
	// Since is a time after which the two labels have not moved.
	Since time.Time
	// Digest stands for the other tags and the gateway's URL, which the current version fits.
	Digest string
}

const noVersion = "-"

// String returns the tag's value, which has at most 135 of the 256 characters that a tag may have.
func (s Settled) String() string {
	word, previous := "grace", s.PreviousID
	if s.Done {
		word = "done"
	}
	if previous == "" {
		previous = noVersion
	}
	return strings.Join([]string{word, s.CurrentID, previous, s.Since.UTC().Format(time.RFC3339), s.Digest}, " ")
}

// ParseSettled is the inverse of String. Any other text is the zero Settled, which says nothing about any version: what it stood
// for will be verified again.
func ParseSettled(text string) Settled {
	fields := strings.Split(text, " ")
	if len(fields) != 5 || (fields[0] != "grace" && fields[0] != "done") {
		return Settled{}
	}
	since, err := time.Parse(time.RFC3339, fields[3])
	if err != nil {
		return Settled{}
	}
	s := Settled{Done: fields[0] == "done", CurrentID: fields[1], PreviousID: fields[2], Since: since, Digest: fields[4]}
	if s.PreviousID == noVersion {
		s.PreviousID = ""
	}
	return s
}

// about says whether the tag was written when the labels were where they are.
func (s Settled) about(state SecretState) bool {
	return s.CurrentID != "" && s.CurrentID == state.Versions[LabelCurrent] && s.PreviousID == state.Versions[LabelPrevious]
}

// holds says whether what was verified is still so, as far as the secret's state tells.
func (s Settled) holds(state SecretState, gatewayURL string) bool {
	return s.about(state) && s.Digest == state.digest(gatewayURL)
}

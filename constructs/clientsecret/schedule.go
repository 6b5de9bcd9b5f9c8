package clientsecret

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

const day = 24 * time.Hour

// cadences are the shortest and the longest time between the openings of two rotation windows: from February, a month has 28 days and a
// quarter 89.
var cadences = map[Cadence]struct{ shortest, longest time.Duration }{
	Daily:     {day, day},
	Weekly:    {7 * day, 7 * day},
	Monthly:   {28 * day, 31 * day},
	Quarterly: {89 * day, 92 * day},
}

// cron gives a tenant an hour, and a day, of its own, so that thousands of tenants do not rotate at once. They derive from the tenant's id
// alone, so that adding or removing a tenant does not move another's. The minute must be 0: Secrets Manager's windows open on the hour.
// Days after the 28th are not used: not every month has them.
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html)
func cron(cadence Cadence, tenantID string) string {
	sum := sha256.Sum256([]byte(tenantID))
	n := binary.BigEndian.Uint64(sum[:8])
	oneOf := func(choices uint64) uint64 {
		chosen := n % choices
		n /= choices
		return chosen
	}
	hour := oneOf(24)
	switch cadence {
	case Daily:
		return fmt.Sprintf("cron(0 %d * * ? *)", hour)
	case Weekly:
		return fmt.Sprintf("cron(0 %d ? * %d *)", hour, 1+oneOf(7))
	case Quarterly:
		return fmt.Sprintf("cron(0 %d %d %d/3 ? *)", hour, 1+oneOf(28), 1+oneOf(3))
	default:
		return fmt.Sprintf("cron(0 %d %d * ? *)", hour, 1+oneOf(28))
	}
}

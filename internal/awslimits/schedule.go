package awslimits

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	cronExpression = regexp.MustCompile(`^cron\(([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)\)$`)
	rateExpression = regexp.MustCompile(`^rate\(([1-9][0-9]{0,4}) (hour|hours|day|days)\)$`)
	windowHours    = regexp.MustCompile(`^([1-9][0-9]?)h$`)
)

// cronFields are the fields after the minutes with the form of one item of their lists.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
var cronFields = []struct {
	name string
	item *regexp.Regexp
	want string
}{
	{"hours", steps(`(?:1?[0-9]|2[0-3])`), "0-23"},
	{"day of month", steps(`(?:[1-9]|[12][0-9]|3[01])`, `\?`, `L`, `(?:SUN|MON|TUE|WED|THU|FRI|SAT)L`), "1-31, L or ?"},
	{"month", steps(`(?:[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)`), "1-12 or JAN-DEC"},
	{"day of week", steps(weekday, `\?`, `L`, weekday+`L`, weekday+`#[1-5]`), "1-7, SUN-SAT, L, # or ?"},
}

const weekday = `(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)`

// steps is a value, a range of values or all, with increments; or one of the forms of the field's own.
func steps(value string, others ...string) *regexp.Regexp {
	forms := append([]string{`(?:\*|` + value + `(?:-` + value + `)?)?(?:/[1-9][0-9]?)?`}, others...)
	return regexp.MustCompile(`^(?:` + strings.Join(forms, "|") + `)$`)
}

// RotationSchedule checks a schedule expression of Secrets Manager's rotation with its window, such as 1h. An empty window is Secrets
// Manager's default.
func RotationSchedule(expression, window string) error {
	hours := 0
	if window != "" {
		parts := windowHours.FindStringSubmatch(window)
		if parts == nil {
			return fmt.Errorf("rotation window %q is not allowed: use whole hours from 1h to 24h", window)
		}
		hours, _ = strconv.Atoi(parts[1])
	}
	opening := 0
	if rate := rateExpression.FindStringSubmatch(expression); rate != nil {
		n, _ := strconv.Atoi(rate[1])
		interval := time.Duration(n) * time.Hour
		if strings.HasPrefix(rate[2], "day") {
			interval *= 24
		}
		if err := RotationInterval(interval); err != nil {
			return fmt.Errorf("rotation schedule %q: %w", expression, err)
		}
	} else if err := cron(expression, &opening); err != nil {
		return err
	}
	// The window ends with the day, in UTC.
	if opening+hours > 24 {
		return fmt.Errorf("rotation schedule %q with a window of %s reaches into the next day: begin it earlier, or shorten it",
			expression, window)
	}
	return nil
}

// cron also finds the hour at which the window opens, where that is one.
func cron(expression string, opening *int) error {
	fields := cronExpression.FindStringSubmatch(expression)
	if fields == nil {
		return fmt.Errorf("rotation schedule %q is not one of Secrets Manager: use rate(N hours), rate(N days) or "+
			"cron(0 hours day-of-month month day-of-week *)", expression)
	}
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("rotation schedule %q is not allowed: %s", expression, fmt.Sprintf(format, args...))
	}
	if fields[1] != "0" {
		return refuse("use 0 for the minutes, not %s: a window opens on the hour", fields[1])
	}
	if fields[6] != "*" {
		return refuse("use * for the year, not %s", fields[6])
	}
	for i, field := range cronFields {
		for _, item := range strings.Split(fields[2+i], ",") {
			if item == "" || !field.item.MatchString(item) {
				return refuse("use %s for the %s, not %s", field.want, field.name, fields[2+i])
			}
		}
	}
	if (fields[3] == "?") == (fields[5] == "?") {
		return refuse("use ? for exactly one of the day of month and the day of week")
	}
	*opening, _ = strconv.Atoi(fields[2])
	return nil
}

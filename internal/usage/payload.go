package usage

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Event is what CloudWatch Logs invokes a function with: JSON, compressed with gzip, in base64
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html).
type Event struct {
	Logs struct {
		Data []byte `json:"data"`
	} `json:"awslogs"`
}

// maxPayload bounds what a batch may expand to, in the 256 MB that the function has. An event that Lambda takes asynchronously has 1 MB at
// most (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and CloudTrail's text compresses to a tenth or so.
const maxPayload = 32 << 20

type payload struct {
	MessageType string `json:"messageType"`
	LogEvents   []struct {
		Message string `json:"message"`
	} `json:"logEvents"`
}

var errNoLogs = errors.New("event has no awslogs.data: want a batch of CloudWatch Logs")

// read returns the messages of a batch. A control message, by which CloudWatch Logs tries whether the function can be reached, has none.
// No error has any of their text.
func (e Event) read() ([]string, error) {
	if len(e.Logs.Data) == 0 {
		return nil, errNoLogs
	}
	expanded, err := gzip.NewReader(bytes.NewReader(e.Logs.Data))
	if err != nil {
		return nil, fmt.Errorf("batch of CloudWatch Logs: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(expanded, maxPayload+1))
	if err != nil {
		return nil, fmt.Errorf("batch of CloudWatch Logs: %w", err)
	}
	if len(body) > maxPayload {
		return nil, fmt.Errorf("batch of CloudWatch Logs is longer than %d bytes", maxPayload)
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, errors.New("batch of CloudWatch Logs is no JSON of theirs")
	}
	switch p.MessageType {
	case "DATA_MESSAGE":
	case "CONTROL_MESSAGE":
		return nil, nil
	default:
		return nil, fmt.Errorf("batch of CloudWatch Logs has messageType %q: want DATA_MESSAGE or CONTROL_MESSAGE", p.MessageType)
	}
	messages := make([]string, 0, len(p.LogEvents))
	for _, event := range p.LogEvents {
		messages = append(messages, event.Message)
	}
	return messages, nil
}

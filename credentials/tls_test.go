package credentials

import "crypto/tls"

func insecure(skip bool) *tls.Config { return &tls.Config{InsecureSkipVerify: skip} }

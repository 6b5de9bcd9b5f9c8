package insights

// The functions write JSON lines (internal/rotation): what is said, and about which version or secret. Values are never in them. Lines that
// tell of no change, such as of events about something else, are left out.

// originHeaderRotation is the history of the origin header.
var originHeaderRotation = Query{
	Name: "origin-header-rotation", Source: OriginHeaderRotation,
	Columns: []string{"@timestamp", "level", "msg", "from_version", "to_version", "changed_values", "error"},
	Text: "fields @timestamp, level, msg, `from` as from_version, coalesce(`to`, version) as to_version, `values` as changed_values, error\n" +
		`| filter msg in ["rotated", "taking over AWSPENDING", "wrote the stage variable", "wrote the pattern set", "removed values", ` +
		`"revoked values", "undid the rotation", "drift", "flushed the stage cache", "postponing the flush", "failed"]
| sort @timestamp desc
| limit 1000`,
}

// clientSecretRotation is the history of the tenants' client secrets.
var clientSecretRotation = Query{
	Name: "client-secret-rotation", Source: ClientSecretRotation,
	Columns: []string{"@timestamp", "level", "msg", "secret", "client", "from_version", "to_version", "why"},
	Text: "fields @timestamp, level, msg, secret, client, `from` as from_version, coalesce(`to`, version) as to_version, " +
		"coalesce(reason, error) as why\n" +
		`| filter msg in ["started a rotation", "started a rotation by request", "added a client secret", "rotated", ` +
		`"deleted a client secret", "rewrote the credentials", "revoked the superseded client secret", "gave up a rotation", ` +
		`"the current credentials do not authenticate: adding their secret again", "unsure", "failed"]
| sort @timestamp desc
| limit 1000`,
}

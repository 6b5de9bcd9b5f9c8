package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Server serves a System on loopback.
type Server struct {
	// GatewayURL is the gateway's token endpoint, CognitoURL the user pool's own, JWKSURL where the public keys are.
	GatewayURL, CognitoURL, JWKSURL string

	tls     *tls.Config
	servers []*http.Server
}

// Serve starts a listener for the gateway and one for Cognito on 127.0.0.1, at ports of the system's choice. They stop when ctx is done. They speak
// plain HTTP unless a TLS configuration with a certificate is given, see LoopbackCertificate.
func (s *System) Serve(ctx context.Context, config *tls.Config) (*Server, error) {
	server := &Server{tls: config}
	gateway, err := server.listen(ctx, s.Gateway())
	if err != nil {
		return nil, err
	}
	domain, err := server.listen(ctx, s.Cognito())
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	server.GatewayURL = gateway + "/" + s.StageName() + "/oauth2/token"
	server.CognitoURL = domain + "/oauth2/token"
	server.JWKSURL = domain + "/" + s.poolID + "/.well-known/jwks.json"
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return server, nil
}

func (s *Server) listen(ctx context.Context, handler http.Handler) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	scheme := "http"
	if s.tls != nil {
		listener, scheme = tls.NewListener(listener, s.tls), "https"
	}
	// Connections that fail are the clients' to report.
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: handler, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(listener) }() // Ends with Close.
	return scheme + "://" + listener.Addr().String(), nil
}

// Close stops serving at once.
func (s *Server) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}

package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/customdomain"
)

// Server serves a System on loopback.
type Server struct {
	// GatewayURL is the gateway's token endpoint, CognitoURL the user pool's own, JWKSURL where the public keys are.
	GatewayURL, CognitoURL, JWKSURL string
	// APIURLs are those of the resource servers' stages, by the API's name.
	APIURLs map[string]string
	// DomainURLs are the token endpoints at the custom domains, whose names do not lead here unless DialContext does.
	DomainURLs []string
	// Address is where the gateway listens, for custom domains and default endpoint alike.
	Address string

	servers []*http.Server
	domains map[string]bool
}

// Serve listens on 127.0.0.1 for the gateway, Cognito and each resource server, at free ports, until ctx is done. With a nil config it
// serves plain HTTP. With a TLS configuration that has a certificate, see LoopbackCertificate, it serves HTTPS; custom domains require
// this.
func (s *System) Serve(ctx context.Context, config *tls.Config) (*Server, error) {
	server := &Server{domains: map[string]bool{}, APIURLs: map[string]string{}}
	gatewayConfig, err := s.gatewayTLS(config)
	if err != nil {
		return nil, err
	}
	gateway, err := server.listen(ctx, s.Gateway(), gatewayConfig)
	if err != nil {
		return nil, err
	}
	domain, err := server.listen(ctx, s.Cognito(), config)
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	for _, one := range s.servers {
		address, err := server.listen(ctx, serverHandler{s, one}, config)
		if err != nil {
			return nil, errors.Join(err, server.Close())
		}
		server.APIURLs[one.Name] = address + "/" + one.stage.Name
	}
	_, server.Address, _ = strings.Cut(gateway, "://")
	_, port, err := net.SplitHostPort(server.Address)
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	server.GatewayURL = gateway + "/" + s.stage.Name + "/oauth2/token"
	server.CognitoURL = domain + "/oauth2/token"
	server.JWKSURL = domain + "/" + s.poolID + "/.well-known/jwks.json"
	for _, d := range s.Gateway().Domains() {
		server.domains[d.Name] = true
		for _, base := range d.BasePaths {
			server.DomainURLs = append(server.DomainURLs, "https://"+net.JoinHostPort(d.Name, port)+base+"/oauth2/token")
		}
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return server, nil
}

// gatewayTLS makes the handshake that of the custom domain whose name the client asks for, or else that of the default endpoint.
func (s *System) gatewayTLS(config *tls.Config) (*tls.Config, error) {
	if len(s.domains) > 0 && config == nil {
		return nil, errors.New("a custom domain speaks TLS only: give a TLS configuration, see LoopbackCertificate")
	}
	if config == nil {
		return nil, nil
	}
	byName := map[string]*tls.Config{}
	for name, domain := range s.domains {
		certificate, err := domainCertificate(config, name)
		if err != nil {
			return nil, err
		}
		byName[name] = domain.TLS(certificate, s.options.Clock)
	}
	config = config.Clone()
	if lowest, ok := customdomain.MinVersion(s.stage.SecurityPolicy()); ok {
		config.MinVersion = lowest
	}
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return byName[hostName(hello.ServerName)], nil // nil: the default endpoint's
	}
	return config, nil
}

// DialContext connects to the custom domains here, and to everything else where it is. It is for an http.Transport.
func (s *Server) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if s.domains[hostName(address)] {
		address = s.Address
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

func (s *Server) listen(ctx context.Context, handler http.Handler, config *tls.Config) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	scheme := "http"
	if config != nil {
		listener, scheme = tls.NewListener(listener, config), "https"
	}
	// Connections that fail are the clients' to report.
	server := &http.Server{
		ErrorLog: log.New(io.Discard, "", 0), Handler: handler, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(listener) }() // Ends with Close.
	return scheme + "://" + listener.Addr().String(), nil
}

// TokenURL is where clients ask: the token endpoint at a custom domain if there is one, or else the default endpoint's.
func (s *Server) TokenURL() string {
	if len(s.DomainURLs) > 0 {
		return s.DomainURLs[0]
	}
	return s.GatewayURL
}

// Close stops serving at once.
func (s *Server) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}

package handlerstest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"daybook/handlers/api/openapi"
)

// contract is what we promise of everything below /api, as another reads it.
var contract = sync.OnceValue(func() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.The().JSON)
	if err != nil {
		panic(err)
	}
	for _, kind := range []string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/yaml"} {
		openapi3filter.RegisterBodyDecoder(kind, asText)
	}
	return doc
})

func asText(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	text, err := io.ReadAll(body)
	return string(text), err
}

// nowhere is what may be answered at an address that is none, or that does not take a method.
var nowhere = []int{
	http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusRequestHeaderFieldsTooLarge, http.StatusInternalServerError, http.StatusNotImplemented, http.StatusServiceUnavailable,
}

// checkContract holds an exchange against openapi.yaml: the request, if it was taken, and the answer, whatever it is. body is nil where it is not known any more.
func (a Answer) checkContract(t testing.TB, r *http.Request, body *string) {
	t.Helper()
	if !strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/api" {
		return
	}
	route, params := described(r)
	if route == nil {
		if r.Method != http.MethodOptions && !slices.Contains(nowhere, a.Status) {
			t.Errorf("%s %s was answered %d, and is not in openapi.yaml", r.Method, r.URL, a.Status)
		}
		return
	}
	input := &openapi3filter.RequestValidationInput{Request: r.Clone(context.Background()), PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, SkipSettingDefaults: true,
	}}
	if a.Status < 300 {
		if err := checkRequest(input, body); err != nil {
			t.Errorf("%s %s was answered %d, and openapi.yaml does not allow the request: %s", r.Method, r.URL, a.Status, brief(err))
		}
	}
	if err := a.checkAnswer(input); err != nil {
		t.Errorf("%s %s was answered %d, and openapi.yaml does not allow that answer: %s\n%.2000s", r.Method, r.URL, a.Status, brief(err), a.Body)
	}
}

// brief says what is wrong without the schema, which stands in openapi.yaml.
func brief(err error) string {
	says, _, _ := strings.Cut(err.Error(), "\nSchema:")
	return says
}

// described finds the operation of a request, and the parameters of its path. A fixed part of a path goes before a parameter.
func described(r *http.Request) (*routers.Route, map[string]string) {
	method, doc := r.Method, contract()
	if method == http.MethodHead {
		method = http.MethodGet
	}
	parts := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	var best *routers.Route
	var params map[string]string
	for path, item := range doc.Paths.Map() {
		operation := item.GetOperation(method)
		found, ok := matching(parts, strings.Split(strings.Trim(path, "/"), "/"))
		if operation == nil || !ok || best != nil && len(found) >= len(params) {
			continue
		}
		best, params = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: operation}, found
	}
	return best, params
}

func matching(parts, pattern []string) (map[string]string, bool) {
	if len(parts) != len(pattern) {
		return nil, false
	}
	params := map[string]string{}
	for i, part := range parts {
		if name, ok := strings.CutPrefix(pattern[i], "{"); ok && part != "" {
			params[strings.TrimSuffix(name, "}")], _ = url.PathUnescape(part)
		} else if part != pattern[i] {
			return nil, false
		}
	}
	return params, true
}

// checkRequest holds what was taken against what the operation says it takes. A parameter without a value counts as absent; one that the operation does not
// know should not have been taken.
func checkRequest(in *openapi3filter.RequestValidationInput, body *string) error {
	query := in.Request.URL.Query()
	for name, values := range query {
		if values = slices.DeleteFunc(values, func(v string) bool { return v == "" }); len(values) == 0 {
			query.Del(name)
			continue
		}
		query[name] = values
		if in.Route.Operation.Parameters.GetByInAndName("query", name) == nil && in.Route.Operation.Extensions["x-lenient"] == nil {
			return fmt.Errorf("the parameter %s is not in it", name)
		}
	}
	in.Request.URL.RawQuery = query.Encode()
	takes := in.Route.Operation.RequestBody
	if body == nil || takes == nil || in.Request.Header.Get("Content-Encoding") != "" {
		in.Options.ExcludeRequestBody = true
	} else {
		in.Request.Body = io.NopCloser(strings.NewReader(*body))
		if takes.Value.Content.Get(in.Request.Header.Get("Content-Type")) == nil { // which not every call looks at
			in.Request.Header.Set("Content-Type", "application/json")
		}
	}
	return openapi3filter.ValidateRequest(context.Background(), in)
}

// checkAnswer holds an answer against what the operation says it gives. Of files only the kind is looked at.
func (a Answer) checkAnswer(in *openapi3filter.RequestValidationInput) error {
	said := in.Route.Operation.Responses.Status(a.Status)
	if said == nil {
		return fmt.Errorf("there is no status %d", a.Status)
	}
	content := said.Value.Content
	if a.Status == http.StatusNotModified || in.Request.Method == http.MethodHead {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	switch {
	case len(content) == 0 && a.Body != "":
		return fmt.Errorf("there is a body, of the kind %q", kind)
	case len(content) == 0:
		return nil
	case content[kind] == nil:
		return fmt.Errorf("there is no kind %q", kind)
	case in.Route.Operation.Extensions["x-download"] != nil && a.Status < 300:
		return nil
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.Status, Header: a.Header, Body: io.NopCloser(bytes.NewReader([]byte(a.Body))), Options: in.Options,
	})
}

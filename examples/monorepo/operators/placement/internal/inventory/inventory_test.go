package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestTotal(t *testing.T) {
	providers := []Provider{{Total: 64, Reserved: 4}, {Total: 32}, {Total: 1, Reserved: 5}}
	if got := Total(providers); got != 92 {
		t.Errorf("got %d", got)
	}
	if got := Total(nil); got != 0 {
		t.Errorf("nobody has %d", got)
	}
}

// cluster answers a list, and notes the patches that it gets.
type cluster struct {
	items   string
	patches []string
	refuse  string
}

func (c *cluster) Do(_ context.Context, method, path string, body, into any) error {
	if method == http.MethodGet {
		return json.Unmarshal([]byte(`{"items":[`+c.items+`]}`), into)
	}
	if c.refuse != "" && strings.Contains(path, c.refuse) {
		return errors.New("forbidden")
	}
	text, err := json.Marshal(body)
	c.patches = append(c.patches, fmt.Sprintf("%s %s", path, text))
	return err
}

func item(name, status string) string {
	return fmt.Sprintf(
		`{"metadata":{"namespace":"n","name":%q},"spec":{"providers":[{"name":"p","total":8,"reserved":2}]},"status":{%s}}`,
		name, status,
	)
}

func TestAnInventoryGetsItsTotal(t *testing.T) {
	api := &cluster{items: item("new", "") + "," + item("done", `"total":6`) + "," + item("old", `"total":7`)}
	changed, err := Sync(t.Context(), api)
	if err != nil || fmt.Sprint(changed) != "[n/new n/old]" {
		t.Fatalf("changed %v, %v", changed, err)
	}
	want := `/apis/placement.example.com/v1alpha1/namespaces/n/inventories/new/status {"status":{"total":6}}`
	if len(api.patches) != 2 || api.patches[0] != want {
		t.Errorf("sent %q", api.patches)
	}
}

func TestOneRefusalDoesNotKeepTheOthersBack(t *testing.T) {
	api := &cluster{items: item("bad", "") + "," + item("good", ""), refuse: "/bad/"}
	changed, err := Sync(t.Context(), api)
	if err == nil || !strings.Contains(err.Error(), "n/bad: forbidden") || fmt.Sprint(changed) != "[n/good]" {
		t.Errorf("changed %v, %v", changed, err)
	}
}

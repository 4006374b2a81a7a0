// Package inventory adds up what the providers of a resource class have to give.
package inventory

// Path is the collection of Inventories in all namespaces.
const Path = "/apis/placement.example.com/v1alpha1/inventories"

// Inventory lists the providers of one resource class.
type Inventory struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		Providers []Provider `json:"providers"`
	} `json:"spec"`
	Status struct {
		// Total is nil as long as nobody has added up.
		Total *int64 `json:"total"`
	} `json:"status"`
}

// Provider has some of a resource class and keeps a part of it for itself.
type Provider struct {
	Name     string `json:"name"`
	Total    int64  `json:"total"`
	Reserved int64  `json:"reserved"`
}

// Total is what can be given away; a provider that has reserved more than it has gives nothing.
func Total(providers []Provider) int64 {
	var total int64
	for _, provider := range providers {
		total += max(0, provider.Total-provider.Reserved)
	}
	return total
}

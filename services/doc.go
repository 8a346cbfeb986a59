// Package services holds one package for each noun or verb of the product. What they share is in models; nothing lives here.
package services

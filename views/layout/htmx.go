package layout

// htmxConfig keeps to the content security policy: nothing is evaluated, no style is put into the page. Pages are not kept in the browser's own
// storage, where the next person at the machine could read them. An answer of 400 is a page that says what is wrong with the filter.
const htmxConfig = `{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"timeout":30000,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"400","swap":true},{"code":"[45]..","swap":false,"error":true}]}`

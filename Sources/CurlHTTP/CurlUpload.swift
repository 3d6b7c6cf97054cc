import HTTP

/// What gives the body of a request, and what its source is to call when it has more.
struct CurlUpload {
    let source: any HTTPBodySource
    let ready: @Sendable () -> Void
}

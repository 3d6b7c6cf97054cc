import CCurl
import HTTP

/// One easy handle with the buffers that belong to it; used for one request after another, by the loop's thread only.
final class CurlHandle {
    let easy: UnsafeMutableRawPointer
    /// What the server has sent so far.
    fileprivate var head = ResponseHead()
    fileprivate var body: [UInt8] = []
    let maxBodyBytes: Int
    /// The body outgrew ``maxBodyBytes`` and was not kept.
    fileprivate(set) var isTooLarge = false
    private let errorText: UnsafeMutablePointer<CChar>
    private var fieldList: UnsafeMutablePointer<curl_slist>?
    private let trust: TrustedCertificates

    /// Nil when libcurl has no memory for another handle.
    init?(_ configuration: CurlConfiguration, trust: TrustedCertificates) {
        guard let easy = oe_easy_make() else { return nil }
        self.easy = easy
        self.trust = trust
        maxBodyBytes = configuration.maxResponseBytes
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.pointee = 0
        setUpBuffers()
        setUpProtocol(configuration)
        setUpNetwork(configuration)
    }

    deinit {
        oe_easy_free(easy)
        oe_list_free(fieldList)
        errorText.deallocate()
    }

    private func setUpBuffers() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        oe_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        oe_easy_set_callback(easy, CURLOPT_WRITEFUNCTION, bodyArrived)
        oe_easy_set_pointer(easy, CURLOPT_WRITEDATA, context)
        oe_easy_set_callback(easy, CURLOPT_HEADERFUNCTION, headerLineArrived)
        oe_easy_set_pointer(easy, CURLOPT_HEADERDATA, context)
    }

    private func setUpProtocol(_ configuration: CurlConfiguration) {
        if oe_easy_set_text(easy, .protocolNames, "http,https") != CURLE_OK {
            oe_easy_set_long(easy, .protocolBits, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
        }
        oe_easy_set_long(easy, CURLOPT_NOSIGNAL, 1)
        oe_easy_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        oe_easy_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        oe_easy_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        oe_easy_set_text(easy, CURLOPT_ACCEPT_ENCODING, "")
        oe_easy_set_text(easy, CURLOPT_USERAGENT, configuration.userAgent)
        oe_easy_set_size(easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(configuration.maxResponseBytes))
    }

    private func setUpNetwork(_ configuration: CurlConfiguration) {
        oe_easy_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        oe_easy_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        oe_easy_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        trust.apply(to: easy)
        if let proxy = configuration.proxy { oe_easy_set_text(easy, CURLOPT_PROXY, proxy) }
        if let noProxy = configuration.noProxy { oe_easy_set_text(easy, CURLOPT_NOPROXY, noProxy) }
        guard let certificate = configuration.clientCertificate else { return }
        oe_easy_set_text(easy, CURLOPT_SSLCERT, certificate)
        oe_easy_set_text(easy, CURLOPT_SSLKEY, configuration.clientKey ?? certificate)
        // A key with a pass phrase fails at once instead of asking for it on the terminal.
        oe_easy_set_text(easy, CURLOPT_KEYPASSWD, "")
    }
}

extension CurlHandle {
    /// Sets up everything that differs from request to request.
    func prepare(_ request: HTTPRequest, milliseconds: Int) {
        oe_easy_set_text(easy, CURLOPT_URL, request.url)
        oe_easy_set_long(easy, CURLOPT_TIMEOUT_MS, milliseconds)
        oe_easy_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        // On a connection that was used before, libcurl itself sends again what died without an answer, a POST too.
        oe_easy_set_long(easy, CURLOPT_FRESH_CONNECT, request.mayBeRepeated ? 0 : 1)
        prepareMethod(request)
        prepareFields(request)
    }

    private func prepareMethod(_ request: HTTPRequest) {
        if request.method.rawValue == "HEAD" {
            oe_easy_set_long(easy, CURLOPT_NOBODY, 1)
        } else if request.body.isEmpty && request.method != .post {
            oe_easy_set_long(easy, CURLOPT_HTTPGET, 1)
        } else {
            oe_easy_set_long(easy, CURLOPT_POST, 1)
            oe_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            prepareBody(request.body)
        }
        oe_easy_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    /// Hands libcurl a copy, because the array may move.
    private func prepareBody(_ body: [UInt8]) {
        body.withUnsafeBytes { bytes in
            guard let address = bytes.baseAddress, !bytes.isEmpty else {
                // Null would take the body back, which is something else than a body of no bytes.
                oe_easy_set_text(easy, CURLOPT_COPYPOSTFIELDS, "")
                return
            }
            oe_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: address))
        }
    }

    private func prepareFields(_ request: HTTPRequest) {
        for field in request.fields.all where !Self.isOwn(field.name) && !field.name.isEmpty {
            // An empty value has a notation of its own: after a colon it would mean "leave this field out".
            add(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        if !request.body.isEmpty || request.method == .post {
            add("Expect:")
            if request.fields["Content-Type"] == nil { add("Content-Type:") }
        }
        oe_easy_set_pointer(easy, CURLOPT_HTTPHEADER, fieldList)
    }

    private func add(_ line: String) {
        if let longer = oe_list_append(fieldList, line) { fieldList = longer }
    }

    /// The length and the form of the body are libcurl's to say.
    private static func isOwn(_ name: String) -> Bool {
        switch name.utf8.count {
        case 14: name.lowercased() == "content-length"
        case 17: name.lowercased() == "transfer-encoding"
        default: false
        }
    }

    /// The response, which the handle forgets; nil when the server left in the midst of its header, which libcurl takes
    /// for an end.
    func takeResponse() -> HTTPResponse? {
        guard head.isComplete else { return nil }
        let status = HTTPStatus(rawValue: oe_easy_long(easy, CURLINFO_RESPONSE_CODE))
        let response = HTTPResponse(status, fields: head.fields, body: body)
        body = []
        return response
    }

    /// Forgets the request and what came of it, so that neither stays in memory with an idle handle.
    func clear() {
        oe_easy_set_pointer(easy, CURLOPT_HTTPHEADER, nil)
        oe_list_free(fieldList)
        fieldList = nil
        oe_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, nil)
        oe_easy_set_text(easy, CURLOPT_URL, nil)
        head.clear()
        body = []
        isTooLarge = false
        errorText.pointee = 0
    }

    /// What libcurl says of the failure, in its own words.
    func detail(_ code: CURLcode) -> String {
        String(cString: errorText.pointee == 0 ? oe_curl_message(code) : UnsafePointer(errorText))
    }
}

private func handle(_ context: UnsafeMutableRawPointer?) -> CurlHandle? {
    context.map { Unmanaged<CurlHandle>.fromOpaque($0).takeUnretainedValue() }
}

/// A return value other than the count ends the transfer.
private func bodyArrived(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let handle = handle(context) else { return 0 }
    let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
    guard handle.body.count + chunk.count <= handle.maxBodyBytes else {
        handle.isTooLarge = true
        return 0
    }
    if handle.body.isEmpty {
        // A length that the server only claims is believed up to a megabyte.
        let expected = Int(oe_easy_size(handle.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T))
        handle.body.reserveCapacity(max(chunk.count, min(expected, 1 << 20)))
    }
    handle.body.append(contentsOf: chunk)
    return chunk.count
}

private func headerLineArrived(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    handle(context)?.head.append(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

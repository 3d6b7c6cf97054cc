import CCurl
import HTTP
import Text

/// One easy handle with the buffers that belong to it; used for one request after another, by who has the engine.
final class CurlHandle {
    let easy: UnsafeMutableRawPointer
    /// What the server has sent so far.
    fileprivate var head = ResponseHead()
    fileprivate var body: [UInt8] = []
    let maxBodyBytes: Int
    /// Why the body was not taken to its end.
    fileprivate(set) var overflow: HTTPFailure?
    /// What ends the body before the server does.
    fileprivate var bodyEnd: String?
    /// Whether the transfer was ended because that has arrived.
    fileprivate(set) var hasEnough = false
    private let errorText: UnsafeMutablePointer<CChar>
    private var fieldList: UnsafeMutablePointer<curl_slist>?
    private var placeList: UnsafeMutablePointer<curl_slist>?
    private let trust: TrustedCertificates
    fileprivate let memory: ReplyMemory
    private let faults: CurlFaults
    /// What gives the body of the request, where that is not all there.
    fileprivate var upload: CurlUpload?
    /// Whether libcurl asks before each try of a request, so that it can be kept from a second one.
    private var asksFirst = false
    /// Whether the request may go out once only, and whether it has.
    private(set) var goesOnce = false
    var hasGone = false
    /// Without that question: what is left of a body that may go out only once, as what was handed on cannot be had again.
    fileprivate var outgoing: ArraySlice<UInt8> = []
    /// What takes the response while it arrives.
    fileprivate var sink: (any HTTPResponseSink)?
    /// Whether that has been given the header.
    fileprivate(set) var hasBegun = false
    private let connectMilliseconds: Int?

    /// Throws when libcurl has no memory for another handle, or refuses an option without which it is not to go out.
    init(_ configuration: CurlConfiguration, trust: TrustedCertificates, memory: ReplyMemory) throws(HTTPFailure) {
        guard let easy = oe_easy_make() else {
            throw .noClient(detail: "libcurl has no memory for another request")
        }
        self.easy = easy
        self.trust = trust
        self.memory = memory
        faults = configuration.faults
        maxBodyBytes = configuration.maxResponseBytes
        connectMilliseconds = configuration.connectTimeout.map { CurlClient.milliseconds($0) }
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.pointee = 0
        try setUpBuffers()
        try setUpProtocol(configuration)
        try setUpNetwork(configuration)
    }

    deinit {
        oe_easy_free(easy)
        memory.giveBack(body.count)
        oe_list_free(fieldList)
        oe_list_free(placeList)
        errorText.deallocate()
    }

    private func setUpBuffers() throws(HTTPFailure) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try set(CURLOPT_ERRORBUFFER, errorText)
        try set(CURLOPT_WRITEFUNCTION, bodyArrived)
        try set(CURLOPT_WRITEDATA, context)
        try set(CURLOPT_HEADERFUNCTION, headerLineArrived)
        try set(CURLOPT_HEADERDATA, context)
        try set(CURLOPT_READFUNCTION, bodyWanted)
        try set(CURLOPT_READDATA, context)
        asksFirst = setGate(context)
    }

    /// False where libcurl is too old for it.
    private func setGate(_ context: UnsafeMutableRawPointer) -> Bool {
        let code = faults.setOption?(.gate) ?? oe_easy_set_gate(easy, .gate, requestBegins)
        return code == CURLE_OK && oe_easy_set_pointer(easy, .gateContext, context) == CURLE_OK
    }

    private func setUpProtocol(_ configuration: CurlConfiguration) throws(HTTPFailure) {
        if oe_easy_set_text(easy, .protocolNames, "http,https") != CURLE_OK {
            try set(.protocolBits, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
        }
        try set(CURLOPT_NOSIGNAL, 1)
        // Else the thread that ends a transfer waits for the look-up of its name, however long that takes.
        oe_easy_set_long(easy, .quickExit, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(CURLOPT_USERAGENT, configuration.userAgent)
        // A build without HTTP/2 or without zlib refuses, and does without.
        oe_easy_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        oe_easy_set_text(easy, CURLOPT_ACCEPT_ENCODING, "")
    }

    private func setUpNetwork(_ configuration: CurlConfiguration) throws(HTTPFailure) {
        try set(CURLOPT_TCP_NODELAY, 1)
        oe_easy_set_long(easy, CURLOPT_TCP_KEEPIDLE, 30)
        oe_easy_set_long(easy, CURLOPT_TCP_KEEPINTVL, 15)
        try set(CURLOPT_SSL_VERIFYPEER, configuration.verifiesTLS ? 1 : 0)
        try set(CURLOPT_SSL_VERIFYHOST, configuration.verifiesTLS ? 2 : 0)
        if let limit = configuration.idleLimit { oe_easy_set_long(easy, .idleSeconds, Int(limit / .seconds(1))) }
        try trust.apply(to: self)
        if let proxy = configuration.proxy { try set(CURLOPT_PROXY, proxy) }
        if let noProxy = configuration.noProxy { try set(CURLOPT_NOPROXY, noProxy) }
        guard let certificate = configuration.clientCertificate else { return }
        try set(CURLOPT_SSLCERT, certificate)
        try set(CURLOPT_SSLKEY, configuration.clientKey ?? certificate)
        // A key with a pass phrase fails at once instead of asking for it on the terminal.
        try set(CURLOPT_KEYPASSWD, "")
    }
}

// Options, none of which is taken for set that libcurl has refused.
extension CurlHandle {
    func set(_ option: CURLoption, _ value: Int) throws(HTTPFailure) {
        try check(oe_easy_set_long(easy, option, value), option)
    }

    /// Nil takes the option back.
    func set(_ option: CURLoption, _ text: String?) throws(HTTPFailure) {
        try check(oe_easy_set_text(easy, option, text), option)
    }

    func set(_ option: CURLoption, _ blob: UnsafeMutableRawBufferPointer) throws(HTTPFailure) {
        try check(oe_easy_set_blob(easy, option, blob.baseAddress, blob.count), option)
    }

    private func set(_ option: CURLoption, _ pointer: UnsafeMutableRawPointer?) throws(HTTPFailure) {
        try check(oe_easy_set_pointer(easy, option, pointer), option)
    }

    private func set(_ option: CURLoption, _ callback: curl_write_callback) throws(HTTPFailure) {
        try check(oe_easy_set_callback(easy, option, callback), option)
    }

    private func check(_ code: CURLcode, _ option: CURLoption) throws(HTTPFailure) {
        let code = faults.setOption?(option) ?? code
        guard code != CURLE_OK else { return }
        let reason = String(cString: oe_curl_message(code))
        throw .noClient(detail: "libcurl refused the option \(option.rawValue): \(reason)")
    }
}

extension CurlHandle {
    /// Sets up everything that differs from request to request.
    func prepare(
        _ request: HTTPRequest,
        _ upload: CurlUpload? = nil,
        to sink: (any HTTPResponseSink)? = nil,
        fresh: Bool = false,
        _ milliseconds: Int
    ) throws(HTTPFailure) {
        self.upload = upload
        self.sink = sink
        bodyEnd = request.bodyEnd
        try set(CURLOPT_URL, request.url)
        try set(CURLOPT_TIMEOUT_MS, milliseconds)
        try set(CURLOPT_CONNECTTIMEOUT_MS, connectLimit(milliseconds))
        // A stream may be silent for long: the system finds out whether the other side is still there.
        try set(CURLOPT_TCP_KEEPALIVE, sink == nil ? 0 : 1)
        let most = curl_off_t(sink == nil ? maxBodyBytes : 0)
        try check(oe_easy_set_size(easy, CURLOPT_MAXFILESIZE_LARGE, most), CURLOPT_MAXFILESIZE_LARGE)
        // On a connection that was used before, libcurl itself sends again what died without an answer, a POST too; but
        // not where it is kept from it (`requestBegins`, or `prepareBody`).
        goesOnce = sink != nil && !request.mayBeRepeated
        try set(CURLOPT_FRESH_CONNECT, fresh || sink == nil && !request.mayBeRepeated ? 1 : 0)
        try prepareMethod(request)
        try prepareFields(request)
        if let place = request.connectTo { try preparePlace(place) }
    }

    private func connectLimit(_ milliseconds: Int) -> Int {
        guard let connectMilliseconds else { return milliseconds }
        return milliseconds == 0 ? connectMilliseconds : min(milliseconds, connectMilliseconds)
    }

    /// `::` stands for whatever host and port the URL names.
    private func preparePlace(_ place: String) throws(HTTPFailure) {
        placeList = oe_list_append(nil, "::\(place)")
        guard placeList != nil else { throw .noClient(detail: "libcurl has no memory for the request's address") }
        try set(CURLOPT_CONNECT_TO, placeList.map { UnsafeMutableRawPointer($0) })
    }

    private func prepareMethod(_ request: HTTPRequest) throws(HTTPFailure) {
        if request.method.rawValue == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        } else if request.body.isEmpty && request.method != .post {
            try set(CURLOPT_HTTPGET, 1)
        } else if upload != nil {
            try set(CURLOPT_POST, 1)
            try check(oe_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, -1), CURLOPT_POSTFIELDSIZE_LARGE)
        } else {
            try set(CURLOPT_POST, 1)
            let size = curl_off_t(request.body.count)
            try check(oe_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, size), CURLOPT_POSTFIELDSIZE_LARGE)
            try prepareBody(request)
        }
        try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    /// A libcurl that does not ask takes a body piece by piece that may go out once, and fails (CURLE_SEND_FAIL_REWIND)
    /// where it would begin it again; others send it together with its header.
    private func prepareBody(_ request: HTTPRequest) throws(HTTPFailure) {
        if goesOnce, !asksFirst, !request.body.isEmpty {
            outgoing = request.body[...]
        } else {
            try check(setBody(request.body), CURLOPT_COPYPOSTFIELDS)
        }
    }

    /// Hands libcurl a copy, because the array may move.
    private func setBody(_ body: [UInt8]) -> CURLcode {
        body.withUnsafeBytes { bytes in
            guard let address = bytes.baseAddress, !bytes.isEmpty else {
                // Null would take the body back, which is something else than a body of no bytes.
                return oe_easy_set_text(easy, CURLOPT_COPYPOSTFIELDS, "")
            }
            return oe_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: address))
        }
    }

    private func prepareFields(_ request: HTTPRequest) throws(HTTPFailure) {
        for field in request.fields.all where !Self.isOwn(field.name) && !field.name.isEmpty {
            try add(field)
        }
        if upload != nil { try add("Transfer-Encoding: chunked") }
        if !request.body.isEmpty || request.method == .post {
            try add("Expect:")
            if request.fields["Content-Type"] == nil { try add("Content-Type:") }
        }
        try set(CURLOPT_HTTPHEADER, fieldList.map { UnsafeMutableRawPointer($0) })
    }

    private func add(_ field: HTTPFields.Field) throws(HTTPFailure) {
        var line: [UInt8] = []
        line.reserveCapacity(field.name.utf8.count + field.value.utf8.count + 3)
        line += field.name.utf8
        // An empty value has a notation of its own: after a colon it would mean "leave this field out".
        line += (field.value.isEmpty ? ";" : ": ").utf8
        line += field.value.utf8
        line.append(0)
        try keep(line.withUnsafeBytes { oe_list_append(fieldList, $0.assumingMemoryBound(to: CChar.self).baseAddress) })
    }

    private func add(_ line: String) throws(HTTPFailure) { try keep(oe_list_append(fieldList, line)) }

    private func keep(_ longer: UnsafeMutablePointer<curl_slist>?) throws(HTTPFailure) {
        guard let longer else { throw .noClient(detail: "libcurl has no memory for the request's header") }
        fieldList = longer
    }

    /// The length and the form of the body are set by libcurl.
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
        dropBody()
        return response
    }

    /// Gives the sink the header once it is there; false where a proxy has answered in the server's place.
    fileprivate var canGoOn: Bool {
        guard let sink, head.isComplete, !hasBegun else { return true }
        let status = HTTPStatus(rawValue: oe_easy_long(easy, CURLINFO_RESPONSE_CODE))
        guard status.rawValue >= 200 else { return true }
        guard status != 407 else { return false }
        hasBegun = true
        oe_easy_set_long(easy, CURLOPT_TIMEOUT_MS, 0)
        sink.began(HTTPResponse(status, fields: head.fields))
        return true
    }

    /// Forgets the request and what came of it, so that neither stays in memory with an idle handle.
    func clear() {
        oe_easy_set_pointer(easy, CURLOPT_HTTPHEADER, nil)
        oe_list_free(fieldList)
        fieldList = nil
        oe_easy_set_pointer(easy, CURLOPT_CONNECT_TO, nil)
        oe_list_free(placeList)
        placeList = nil
        oe_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, nil)
        oe_easy_set_text(easy, CURLOPT_URL, nil)
        head.clear()
        dropBody()
        upload = nil
        outgoing = []
        goesOnce = false
        hasGone = false
        sink = nil
        hasBegun = false
        overflow = nil
        bodyEnd = nil
        hasEnough = false
        errorText.pointee = 0
    }

    private func dropBody() {
        memory.giveBack(body.count)
        body = []
    }

    /// What libcurl reports of the failure, in its own words.
    func detail(_ code: CURLcode) -> String {
        String(cString: errorText.pointee == 0 ? oe_curl_message(code) : UnsafePointer(errorText))
    }
}

func handle(_ context: UnsafeMutableRawPointer?) -> CurlHandle? {
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
    if let sink = handle.sink {
        handle.hasEnough = !sink.received(chunk)
        return handle.hasEnough ? 0 : chunk.count
    }
    guard handle.body.count + chunk.count <= handle.maxBodyBytes else {
        handle.overflow = .tooLarge(limit: handle.maxBodyBytes)
        return 0
    }
    guard handle.memory.take(chunk.count) else {
        handle.overflow = .tooMuchAtOnce(limit: handle.memory.limit)
        return 0
    }
    if handle.body.isEmpty {
        // A length that the server only claims is believed up to a megabyte.
        let expected = Int(oe_easy_size(handle.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T))
        handle.body.reserveCapacity(max(chunk.count, min(expected, 1 << 20)))
    }
    handle.body.append(contentsOf: chunk)
    guard let end = handle.bodyEnd else { return chunk.count }
    handle.hasEnough = String(decoding: handle.body, as: UTF8.self).holds(end)
    return handle.hasEnough ? 0 : chunk.count
}

/// Pauses where there is nothing yet, until the loop goes on with it.
private func bodyWanted(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let handle = handle(context) else { return 0 }
    guard let upload = handle.upload else {
        let piece = handle.outgoing.prefix(size * count)
        handle.outgoing = handle.outgoing.dropFirst(piece.count)
        UnsafeMutableRawBufferPointer(start: bytes, count: size * count).copyBytes(from: piece)
        return piece.count
    }
    guard
        let given = upload.source.read(
            into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count),
            ready: upload.ready
        )
    else { return 0 }
    return given > 0 ? given : Int(CURL_READFUNC_PAUSE)
}

private func headerLineArrived(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let handle = handle(context) else { return 0 }
    handle.head.append(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return handle.canGoOn ? size * count : 0
}

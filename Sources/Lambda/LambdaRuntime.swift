import Clock
package import HTTP
import JSON

/// The interface through which AWS Lambda hands a process its invocations and takes its answers.
///
/// AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes", 2018-06-01.
package struct LambdaRuntime: Sendable {
    /// One event, and by when it wants an answer.
    struct Invocation: Sendable {
        let id: String
        let event: [UInt8]
        /// From now on; nil where nothing is said.
        let timeLeft: Duration?
        /// As X-Ray writes it.
        let trace: String?
    }

    private let base: String
    private let client: any HTTPStreamingClient

    /// `address` is a host and a port, as AWS_LAMBDA_RUNTIME_API has them; `client` waits for as long as it takes.
    package init(at address: String, client: any HTTPStreamingClient) {
        base = "http://\(address)/2018-06-01/runtime"
        self.client = client
    }

    /// Waits for the next one.
    func next() async throws(HTTPFailure) -> Invocation {
        let response = try await client.send(HTTPRequest(.get, "\(base)/invocation/next"))
        guard response.status.isSuccess, let id = response.fields["Lambda-Runtime-Aws-Request-Id"], !id.isEmpty else {
            throw .cutOff(detail: "the runtime's next invocation came with status \(response.status) and no usable id")
        }
        let end = response.fields["Lambda-Runtime-Deadline-Ms"].flatMap { Double($0) }.map { $0 / 1000 }
        return Invocation(
            id: id,
            event: response.body,
            timeLeft: end.map { .seconds($0 - SystemClock.secondsSince1970()) },
            trace: response.fields["Lambda-Runtime-Trace-Id"]
        )
    }

    /// Throws where it is not taken.
    func complete(_ id: String, _ body: [UInt8]) async throws(HTTPFailure) {
        try Self.check(try await client.send(post("invocation/\(id)/response", body)))
    }

    /// The same for an answer that is not all there yet.
    func stream(_ id: String, _ body: any HTTPBodySource) async throws(HTTPFailure) {
        var request = post("invocation/\(id)/response")
        request.fields["Content-Type"] = "application/vnd.awslambda.http-integration-response"
        request.fields["Lambda-Runtime-Function-Response-Mode"] = "streaming"
        try Self.check(try await client.send(request, body: body))
    }

    /// There is no answer to an invocation.
    func fail(_ id: String, _ type: String, _ message: String) async throws(HTTPFailure) {
        try Self.check(try await client.send(failure("invocation/\(id)/error", type, message)))
    }

    /// There will be none to any: the process ends.
    package func failToStart(_ type: String, _ message: String) async throws(HTTPFailure) {
        try Self.check(try await client.send(failure("init/error", type, message)))
    }

    private func failure(_ path: String, _ type: String, _ message: String) -> HTTPRequest {
        let body: JSON = ["errorMessage": .string(message), "errorType": .string(type), "stackTrace": []]
        var request = post(path, body.bytes)
        request.fields["Lambda-Runtime-Function-Error-Type"] = type
        return request
    }

    /// A second one for the same id is refused, so that sending again does no harm, and its connection is used again.
    private func post(_ path: String, _ body: [UInt8] = []) -> HTTPRequest {
        HTTPRequest(
            .post,
            "\(base)/\(path)",
            fields: ["Content-Type": "application/json"],
            body: body,
            mayBeRepeated: true
        )
    }

    private static func check(_ response: HTTPResponse) throws(HTTPFailure) {
        guard response.status.isSuccess else {
            throw .cutOff(detail: "the runtime took it with status \(response.status)")
        }
    }
}

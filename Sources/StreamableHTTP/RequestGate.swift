package import HTTP
package import HTTPServer
import Synchronization

/// What has to hold of every request, for services that have more than an MCP endpoint: the same rules in the same order.
package final class RequestGate: Sendable {
    private let rules: Mutex<RequestRules>
    private let crossOrigin: CrossOrigin
    private let requestIDs = RequestIDs()

    /// `fields` are the names of the fields in which pages of allowed origins may send something.
    package init(_ configuration: StreamableHTTPConfiguration, fields: [String]) {
        rules = Mutex(RequestRules(configuration))
        crossOrigin = CrossOrigin(credentials: fields)
    }

    /// Other rules hold from the next request on.
    package func reload(_ configuration: StreamableHTTPConfiguration) {
        rules.withLock { $0 = RequestRules(configuration) }
    }

    /// A request that has come to the gate.
    package struct Visit: Sendable {
        /// What the answer and the log call it.
        package let id: String
        /// Why it is refused; nil where it is not.
        package let refusal: HTTPRefusal?
        /// The address of the client, behind the proxies that are trusted.
        package let address: String
        package let isSecure: Bool
        private let frame: AnswerFrame

        fileprivate init(_ head: HTTPRequestHead, _ rules: RequestRules, _ frame: AnswerFrame, isProbe: Bool) {
            id = frame.id
            self.frame = frame
            address = rules.clientAddress(head)
            isSecure = rules.isSecure(head)
            refusal =
                if !rules.isHostAllowed(head) {
                    .forbiddenHost
                } else if !isProbe, !rules.isSourceAllowed(head) {
                    .forbiddenAddress
                } else if frame.origin == nil, head.fields["Origin"] != nil { .forbiddenOrigin } else { nil }
        }

        /// What every answer has in its head, after `own`.
        package func fields(_ own: HTTPFields = [:]) -> HTTPFields { frame.fields(own) }

        /// The answer to the question that a browser asks before a request of a page; nil for any other request.
        package func preflight(_ head: HTTPRequestHead) -> HTTPResponse? {
            guard head.method == .options, head.fields["Origin"] != nil,
                head.fields["Access-Control-Request-Method"] != nil
            else { return nil }
            let asked = head.fields["Access-Control-Request-Headers"]
            return HTTPResponse(204, fields: fields(frame.preflightFields(asked: asked)))
        }
    }

    /// `isProbe` for what load balancers ask, from addresses of their own; `closes` where the connection ends with the answer.
    package func visit(_ head: HTTPRequestHead, isProbe: Bool = false, closes: Bool = false) -> Visit {
        let rules = rules.withLock { $0 }
        let frame = AnswerFrame(
            id: requestIDs.next(),
            origin: rules.isOriginAllowed(head) ? head.fields["Origin"] : nil,
            crossOrigin: rules.configuration.allowsCrossOrigin ? crossOrigin : nil,
            closes: { closes },
            refuses: false
        )
        return Visit(head, rules, frame, isProbe: isProbe)
    }
}

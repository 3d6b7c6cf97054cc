package import HTTP
package import JSON

/// Where spans go, and what they say of this program.
package struct Collector: Sendable {
    /// The whole address, with its path.
    let url: String
    /// Its values may be secrets.
    let fields: HTTPFields
    let timeout: Duration
    let resource: [JSONObject.Member]

    package init(url: String, fields: HTTPFields, timeout: Duration, resource: [JSONObject.Member]) {
        self.url = url
        self.fields = fields
        self.timeout = timeout
        self.resource = resource
    }

    func request(with spans: [TraceSpan]) -> HTTPRequest {
        var fields = fields
        fields["Content-Type"] = "application/json"
        var request = HTTPRequest(.post, url, fields: fields, body: body(spans).bytes)
        request.timeLimit = timeout
        return request
    }

    /// An `ExportTraceServiceRequest` in the JSON of OTLP 1.0: ids in hexadecimal digits, 64-bit numbers as texts.
    private func body(_ spans: [TraceSpan]) -> JSON {
        [
            "resourceSpans": [
                [
                    "resource": ["attributes": Self.attributes(resource)],
                    "scopeSpans": [["scope": ["name": "oe-mcp"], "spans": .array(spans.map { $0.json })]],
                ]
            ]
        ]
    }

    fileprivate static func attributes(_ members: [JSONObject.Member]) -> JSON {
        .array(members.map { ["key": .string($0.name), "value": value($0.value)] })
    }

    private static func value(_ json: JSON) -> JSON {
        switch json {
        case .bool: ["boolValue": json]
        case .number(let number): number.int.map { ["intValue": .string(String($0))] } ?? ["doubleValue": json]
        case .array(let items): ["arrayValue": ["values": .array(items.map { value($0) })]]
        default: ["stringValue": .string(json.string ?? json.text)]
        }
    }
}

extension TraceSpan {
    fileprivate var json: JSON {
        let known = known
        let begin = Int(start * 1e9)
        return .members(
            ("traceId", .string(context.traceID.text)),
            ("spanId", .string(context.spanText)),
            ("parentSpanId", parent.map { .string($0.digits) }),
            ("name", .string(name)),
            ("kind", .int(kind.rawValue)),
            ("startTimeUnixNano", .string(String(begin))),
            ("endTimeUnixNano", .string(String(begin + (known.duration ?? 0)))),
            ("attributes", Collector.attributes(known.attributes)),
            ("links", link.map { [["traceId": .string($0.traceID.text), "spanId": .string($0.spanText)]] }),
            // 0 is unset, which is how a success is reported; 2 is an error.
            ("status", known.hasFailed ? ["code": 2] : [:])
        )
    }
}

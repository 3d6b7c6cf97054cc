import HTTP
import HTTPServer
import JSON
import Lambda
import Testing

@Suite struct `An event` {
    private static func http(_ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var event: JSON = [
            "version": "2.0", "rawPath": "/mcp", "rawQueryString": "a=1&b=%20",
            "cookies": ["one=1", "two=2"],
            "headers": ["host": "abc.execute-api.us-east-1.amazonaws.com", "x-sent": "a,b", "content-length": "99"],
            "requestContext": [
                "domainName": "abc.execute-api.us-east-1.amazonaws.com", "stage": "$default",
                "http": ["method": "POST", "path": "/mcp", "sourceIp": "192.0.2.7"],
            ],
            "body": "{}", "isBase64Encoded": false,
        ]
        change(&event)
        return event
    }

    private static func rest(_ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var event: JSON = [
            "httpMethod": "POST", "path": "/mcp",
            "headers": ["Host": "abc.execute-api.us-east-1.amazonaws.com", "X-Sent": "b"],
            "multiValueHeaders": ["Host": ["abc.execute-api.us-east-1.amazonaws.com"], "X-Sent": ["a", "b"]],
            "queryStringParameters": ["q": "x y"],
            "multiValueQueryStringParameters": ["q": ["a&b", "x y"]],
            "requestContext": [
                "domainName": "abc.execute-api.us-east-1.amazonaws.com", "stage": "prod", "path": "/prod/mcp",
                "identity": ["sourceIp": "192.0.2.7"],
            ],
            "body": .null, "isBase64Encoded": false,
        ]
        change(&event)
        return event
    }

    private static func balancer(_ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var event: JSON = [
            "httpMethod": "GET", "path": "/health", "queryStringParameters": ["q": "%20"],
            "headers": [
                "host": "lb.example.com", "x-forwarded-for": "10.0.0.9, 192.0.2.7", "x-forwarded-proto": "https",
            ],
            "requestContext": ["elb": ["targetGroupArn": "arn:aws:elasticloadbalancing:…"]],
            "body": "", "isBase64Encoded": false,
        ]
        change(&event)
        return event
    }

    @Test func `of payload format 2 is a request with its path, query, fields, cookies and sender`() throws {
        let event = try LambdaEvent(Self.http())
        #expect(event.form == .http)
        #expect(event.head.method == .post)
        #expect(event.head.target == "/mcp?a=1&b=%20")
        #expect(event.head.fields["x-sent"] == "a,b")
        #expect(event.head.fields["Cookie"] == "one=1; two=2")
        #expect(event.head.fields.values("Content-Length") == ["2"])
        #expect(event.head.peer == "192.0.2.7")
        #expect(event.head.isSecure)
        #expect(event.head.base == "https://abc.execute-api.us-east-1.amazonaws.com")
        #expect(event.body == Array("{}".utf8))
    }

    @Test(arguments: [
        ("$default", "/mcp", "/mcp", ""), ("prod", "/prod/mcp", "/mcp", "/prod"), ("prod", "/prod", "/", "/prod"),
        ("prod", "/production/mcp", "/production/mcp", ""), ("", "", "/", ""), ("prod", "mcp", "/mcp", ""),
    ])
    func `of a named stage has the path behind it, and the stage in its base`(
        stage: String,
        path: String,
        target: String,
        prefix: String
    ) throws {
        let event = try LambdaEvent(
            Self.http {
                $0["rawPath"] = .string(path)
                $0["rawQueryString"] = ""
                $0["requestContext"]?["stage"] = .string(stage)
            }
        )
        #expect(event.head.target == target)
        #expect(event.head.base == "https://abc.execute-api.us-east-1.amazonaws.com\(prefix)")
    }

    @Test func `of payload format 1 has every value of a field and of a parameter`() throws {
        let event = try LambdaEvent(Self.rest())
        #expect(event.form == .rest)
        #expect(event.head.fields.values("X-Sent") == ["a", "b"])
        #expect(event.head.target == "/mcp?q=a%26b&q=x%20y")
        #expect(event.head.peer == "192.0.2.7")
        #expect(event.head.base == "https://abc.execute-api.us-east-1.amazonaws.com/prod")
        #expect(event.body.isEmpty)
    }

    @Test func `without lists of values has the last of each`() throws {
        let event = try LambdaEvent(
            Self.rest {
                $0["multiValueHeaders"] = .null
                $0["multiValueQueryStringParameters"] = .null
            }
        )
        #expect(event.head.fields.values("X-Sent") == ["b"])
        #expect(event.head.target == "/mcp?q=x%20y")
    }

    @Test func `of a load balancer comes from where that says, and by the scheme it says`() throws {
        let event = try LambdaEvent(Self.balancer())
        #expect(event.form == .balancer(listsValues: false))
        #expect(event.head.target == "/health?q=%20")
        #expect(event.head.peer == "192.0.2.7")
        #expect(event.head.isSecure)
        #expect(event.head.base == nil)
        let plain = try LambdaEvent(Self.balancer { $0["headers"]?["x-forwarded-proto"] = "http" })
        #expect(!plain.head.isSecure)
        let lists = try LambdaEvent(Self.balancer { $0["multiValueHeaders"] = ["host": ["lb.example.com"]] })
        #expect(lists.form == .balancer(listsValues: true))
    }

    @Test func `has its body decoded where it is Base64`() throws {
        let event = try LambdaEvent(
            Self.http {
                $0["body"] = "w6TD/w=="
                $0["isBase64Encoded"] = true
            }
        )
        #expect(event.body == [0xC3, 0xA4, 0xC3, 0xFF])
        #expect(throws: LambdaError.bodyNotBase64) {
            try LambdaEvent(
                Self.http {
                    $0["body"] = "§"
                    $0["isBase64Encoded"] = true
                }
            )
        }
    }

    @Test func `belongs to the trace of its invocation, unless the client brings one`() throws {
        let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
        let event = try LambdaEvent(Self.http(), trace: trace)
        #expect(
            event.head.fields["traceparent"] == "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"
        )
        let own = try LambdaEvent(Self.http { $0["headers"]?["traceparent"] = "00-1-2-01" }, trace: trace)
        #expect(own.head.fields.values("traceparent") == ["00-1-2-01"])
        #expect(try LambdaEvent(Self.http(), trace: "Lineage=x").head.fields["traceparent"] == nil)
    }

    @Test(arguments: [
        "{}", "[]", "7", #"{"source":"aws.events"}"#, #"{"requestContext":{"http":{}}}"#, #"{"httpMethod":""}"#,
        #"{"version":"2.0","requestContext":{"http":{"method":7}}}"#, #"{"httpMethod":["GET"]}"#,
    ])
    func `that is no request is told to be none`(text: String) throws {
        let event = try JSON(parsing: text)
        #expect(throws: LambdaError.noRequest) { try LambdaEvent(event) }
    }

    @Test(arguments: [
        #"{"httpMethod":"GET"}"#,
        #"{"httpMethod":"GET","path":7,"headers":[1],"multiValueHeaders":{"A":"b","C":[1,null,"d"]}}"#,
        #"{"httpMethod":"GET","requestContext":"x","body":{"a":1},"queryStringParameters":{"q":null}}"#,
        #"{"requestContext":{"http":{"method":"GET"},"stage":7,"domainName":[]},"cookies":"x","rawPath":null}"#,
    ])
    func `that lacks parts, or has them of other kinds, is read without them`(text: String) throws {
        let event = try LambdaEvent(try JSON(parsing: text))
        #expect(event.head.target == "/")
        #expect(event.body.isEmpty)
        #expect(event.head.fields["Content-Length"] == "0")
    }
}

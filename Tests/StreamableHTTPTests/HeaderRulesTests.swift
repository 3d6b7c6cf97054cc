import HTTP
import JSON
import JSONRPC
import MCP
import Testing
import Text

@testable import StreamableHTTP

@Suite struct `The fields that repeat what the body says` {
    private func problem(_ fields: HTTPFields, _ check: (HeaderRules) throws(RPCError) -> Void) -> String? {
        do throws(RPCError) {
            try check(HeaderRules(fields: fields))
            return nil
        } catch {
            #expect(error.code == -32020)
            return String(error.message.prefix { $0 != "." })
        }
    }

    private func call(_ name: String = "echo", _ method: String = "tools/call", member: String = "name") -> Request {
        Request(id: RequestID(text: "1"), method: method, params: [member: .string(name)])
    }

    private func problem(_ fields: HTTPFields, of request: Request) -> String? {
        problem(fields) { rules throws(RPCError) in try rules.check(request) }
    }

    @Test func `are there, once, in any case and between blanks`() {
        let fields: HTTPFields = ["mcp-method": " tools/call\t", "MCP-NAME": "  echo "]
        #expect(problem(fields, of: call()) == nil)
    }

    @Test(
        arguments: [
            (["Mcp-Name": "echo"], "Mcp-Method is missing"),
            (["Mcp-Method": "TOOLS/CALL", "Mcp-Name": "echo"], "Mcp-Method is not what the body says"),
            (["Mcp-Method": "tools/list", "Mcp-Name": "echo"], "Mcp-Method is not what the body says"),
            (["Mcp-Method": "tools/call"], "Mcp-Name is missing"),
            (["Mcp-Method": "tools/call", "Mcp-Name": ""], "Mcp-Name is not what the body says"),
            (["Mcp-Method": "tools/call", "Mcp-Name": "Echo"], "Mcp-Name is not what the body says"),
            (["Mcp-Method": "tools/call", "Mcp-Name": "echo", "mcp-name": "echo"], "Mcp-Name is there more than once"),
            (["Mcp-Method": "tools/call", "Mcp-Method": "tools/call"], "Mcp-Method is there more than once"),
        ] as [(HTTPFields, String)]
    )
    func `are refused where one is missing, differs or is there twice`(fields: HTTPFields, problem: String) {
        #expect(self.problem(fields, of: call()) == problem)
    }

    @Test(arguments: [
        ("tools/call", "name"), ("prompts/get", "name"), ("resources/read", "uri"), ("tasks/get", "taskId"),
        ("tasks/update", "taskId"), ("tasks/cancel", "taskId"),
    ])
    func `name what each method is about`(method: String, member: String) {
        let request = call("x", method, member: member)
        #expect(problem(["Mcp-Method": method, "Mcp-Name": "x"], of: request) == nil)
        #expect(problem(["Mcp-Method": method], of: request) == "Mcp-Name is missing")
    }

    @Test func `need no name where the method has none`() {
        #expect(problem(["Mcp-Method": "tools/list"], of: call("x", "tools/list")) == nil)
    }

    @Test(arguments: ["żółw", " echo", "a\nb", "=?base64?x?=", ""])
    func `carry in Base64 what a field cannot`(name: String) {
        let fields: HTTPFields = ["Mcp-Method": "tools/call", "Mcp-Name": "=?base64?\(Base64.encoded(name))?="]
        #expect(problem(fields, of: call(name)) == nil)
        #expect(problem(fields, of: call("other")) == "Mcp-Name is not what the body says")
    }

    @Test(arguments: ["ZWNobw", "ZWNobw=", "ZWNobw===", "ZWNo bw==", "ZWNobx==", "_-8=", "/w==", "?", "ZWNobw==\u{E9}"])
    func `are refused in Base64 without its padding, in another alphabet, or of no text`(encoded: String) {
        let fields: HTTPFields = ["Mcp-Method": "tools/call", "Mcp-Name": "=?base64?\(encoded)?="]
        #expect(problem(fields, of: call()) == "Mcp-Name is not valid Base64")
    }

    @Test(arguments: ["=?BASE64?ZWNobw==?=", "=?base64?=", "=?base64?ZWNobw==", "ZWNobw=="])
    func `are taken as they are where they are not marked as Base64`(value: String) {
        let fields: HTTPFields = ["Mcp-Method": "tools/call", "Mcp-Name": value]
        #expect(problem(fields, of: call(value)) == nil)
        #expect(problem(fields, of: call()) == "Mcp-Name is not what the body says")
    }

    @Test func `are compared byte for byte, not as Unicode does`() {
        let fields: HTTPFields = ["Mcp-Method": "tools/call", "Mcp-Name": "=?base64?\(Base64.encoded("\u{212A}"))?="]
        #expect(problem(fields, of: call("K")) == "Mcp-Name is not what the body says")
    }

    @Test func `say the revision that the body names`() {
        func problem(_ fields: HTTPFields) -> String? {
            self.problem(fields) { rules throws(RPCError) in try rules.checkVersion("2026-07-28") }
        }
        #expect(problem(["MCP-Protocol-Version": "2026-07-28"]) == nil)
        #expect(problem([:]) == "MCP-Protocol-Version is missing")
        #expect(problem(["MCP-Protocol-Version": "2025-11-25"]) == "MCP-Protocol-Version is not what the body says")
    }

    private static let schema: JSON = [
        "properties": [
            "region": ["type": "string", "x-mcp-header": "Region"],
            "deep": ["properties": ["count": ["type": "integer", "x-mcp-header": "Count"]]],
        ]
    ]

    @Test(
        arguments: [
            (["Mcp-Param-Region": "eu"], ["region": "eu"], nil),
            (["mcp-param-region": " eu "], ["region": "eu"], nil),
            ([:], [:], nil), ([:], ["region": .null], nil), ([:], ["region": ["eu"]], nil),
            ([:], ["region": "eu"], "Mcp-Param-Region is missing"),
            (["Mcp-Param-Region": "EU"], ["region": "eu"], "Mcp-Param-Region is not what the arguments say"),
            (["Mcp-Param-Region": "eu"], [:], "Mcp-Param-Region is not what the arguments say"),
            (["Mcp-Param-Region": "null"], ["region": .null], "Mcp-Param-Region is not what the arguments say"),
            (["Mcp-Param-Region": "=?base64?ZXU=?="], ["region": "eu"], nil),
            (["Mcp-Param-Region": "=?base64?ZXU?="], ["region": "eu"], "Mcp-Param-Region is not valid Base64"),
            (
                ["Mcp-Param-Region": "eu", "Mcp-Param-Region": "eu"], ["region": "eu"],
                "Mcp-Param-Region is there more than once"
            ),
            (["Mcp-Param-Count": "42"], ["deep": ["count": 42]], nil),
            (["Mcp-Param-Count": "42.0"], ["deep": ["count": 42]], nil),
            (["Mcp-Param-Count": "43"], ["deep": ["count": 42]], "Mcp-Param-Count is not what the arguments say"),
            (["Mcp-Param-Other": "x"], [:], nil),
        ] as [(HTTPFields, JSON, String?)]
    )
    func `say what the arguments do`(fields: HTTPFields, arguments: JSON, problem: String?) throws {
        let parameters = try #require(HeaderParameter.all(in: Self.schema))
        let found = self.problem(fields) { rules throws(RPCError) in
            try rules.check(parameters, against: arguments)
        }
        #expect(found == problem)
    }
}

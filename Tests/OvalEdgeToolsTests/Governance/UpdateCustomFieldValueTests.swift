import JSON
import MCP
import OvalEdge
import Sandbox
import TestSupport
import Testing

@testable import OvalEdgeTools

@Suite struct `update_custom_field_value` {
    private let sandbox: SandboxClient
    private let catalog: TestCatalog

    init() {
        sandbox = SandboxClient()
        catalog = TestCatalog(sandbox)
    }

    @Test(arguments: [
        (#"{}"#, "`field_updates[0].value` is missing."), (#"{"value":null}"#, "`field_updates[0].value` is missing."),
        (#"{"value":"x"}"#, "A field needs either `field_name` or `field_key`."),
        (#"{"value":"x","field_name":"a","field_key":"b"}"#, "A field needs either `field_name` or `field_key`."),
        (#"{"value":{"a":1},"field_name":"a"}"#, "`field_updates[0].value` must be text; it was "),
    ])
    func `needs a field and a value`(update: String, expected: String) throws {
        var update = try JSON(parsing: update)
        if update["value"]?.string == nil, update["value"]?.object == nil { update["field_name"] = "Region" }
        let found = mistakes(
            UpdateCustomFieldValue.self,
            ["object_id": 501, "object_type": "oetable", "field_updates": [update]]
        )
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test func `sets a field once`() {
        let update: JSON = ["field_name": "Region", "value": "EMEA"]
        let found = mistakes(
            UpdateCustomFieldValue.self,
            ["object_id": 501, "object_type": "oetable", "field_updates": [update, update]]
        )
        #expect(found == ["`field_updates` sets Region twice."])
    }

    @Test(
        arguments: [
            ("plain, text", "plain, text", nil), (" spaced ", "spaced", nil), ("", "", nil), (7, "7", nil),
            (true, "true", nil), (["a", "b, c"], "a,b, c", ["a", "b, c"]), (#"["a","b"]"#, "a,b", ["a", "b"]),
            ("['a', 'b']", "a,b", ["a", "b"]), ("('a', 'b')", "a,b", ["a", "b"]), ("[1, 2]", "1,2", ["1", "2"]),
            ([], "", []), ("(see the wiki)", "(see the wiki)", nil), ("[draft] text", "[draft] text", nil),
        ] as [(JSON, String, [String]?)]
    )
    func `reads a value as models write it`(value: JSON, text: String, items: [String]?) throws {
        #expect(try CustomFieldText.read(value, as: "value") == CustomFieldText(text: text, items: items))
    }

    @Test(arguments: [
        ("emea", true, "", CodeUpdateMode?.none, CodeValue.text("EMEA")), ("r&d", true, "", nil, .text("R&D")),
        ("emea and apac", true, "", nil, .text("EMEA,APAC")), ("EMEA&APAC, emea", true, "", nil, .text("EMEA,APAC")),
        ("EMEA, R&D", true, "APAC", .replaceAll, .text("EMEA,R&D")), ("AMER", true, "EMEA", nil, .text("AMER")),
        ("EMEA, APAC", true, "AMER", nil, .modeWanted(["EMEA", "APAC"])),
        ("apac, emea", true, "EMEA,AMER", .add, .text("EMEA,AMER,APAC")),
        ("emea", true, "EMEA,AMER", .remove, .text("AMER")), ("old", true, "Old,AMER", .remove, .text("AMER")),
        ("Mars and EMEA", true, "", nil, .unknown(["Mars"])),
        ("EMEA, APAC", false, "", nil, .several(["EMEA", "APAC"])),
        ("EMEA", false, "APAC", nil, .text("EMEA")), ("EMEA", false, "APAC", .add, .several(["APAC", "EMEA"])),
        ("", true, "EMEA", nil, .text("")),
    ])
    func `fits values into a list field`(
        wanted: String,
        several: Bool,
        current: String,
        mode: CodeUpdateMode?,
        expected: CodeValue
    ) throws {
        let options: JSON = [["name": "EMEA"], ["name": "APAC"], ["name": "AMER"], ["name": "R&D"]]
        let field = try CustomField([
            "type": "code", "allowMultiple": .bool(several), "currentValue": .string(current), "options": options,
        ])
        #expect(CodeValue(CustomFieldText(text: wanted, items: nil), of: field, mode) == expected)
    }

    @Test func `shows the current and the new value of each field, and what it holds after the write`() async throws {
        let (preview, done) = try await call([
            ["field_name": "retention", "value": "3 YEARS"], ["field_key": "cf4", "value": "Ask *Mira* first."],
        ])
        #expect(preview.text.contains("- **Retention**\n  - new: 3 years\n  - current: 10 years\n"))
        #expect(preview.text.contains("- **Note**\n  - new: Ask \\*Mira\\* first.\n  - current: (nothing)\n"))
        #expect(done.structured?["now"] == ["Retention": "3 years", "Note": "Ask *Mira* first."])
        let body = try JSON(parsing: try #require(writes.last).body)
        #expect(
            body == [
                "target": ["objectId": 501, "objectType": "oetable"],
                "fieldUpdates": [
                    ["value": "3 years", "fieldName": "retention"], ["value": "Ask *Mira* first.", "fieldKey": "cf4"],
                ],
                "timeZone": "Europe/Berlin",
            ]
        )
        let details = try await catalog.call("asset_details", ["object_id": 501, "object_type": "oetable"])
        #expect(details.text.contains("Retention: 3 years"))
    }

    @Test func `asks what to do with the current values, and does it`() async throws {
        let update: [JSON] = [["field_name": "Region", "value": ["APAC", "AMER"]]]
        let question = try await call(update).preview
        #expect(!question.isFailure)
        #expect(question.structured?["selectionField"] == "code_update_mode")
        #expect(question.text.contains("**Region** holds EMEA now."))
        #expect(writes.isEmpty)
        let done = try await call(update, ["code_update_mode": "add"]).done
        #expect(done.structured?["now"] == ["Region": "EMEA,APAC,AMER"])
    }

    @Test func `asks for one value where a field holds one`() async throws {
        let question = try await call([["field_name": "Retention", "value": "1 year, 3 years"]]).preview
        #expect(question.structured?["choices"] == [["name": "1 year"], ["name": "3 years"]])
        #expect(question.structured?["awaitingUserSelection"] == true)
    }

    @Test(
        arguments: [
            (["field_name": "Region", "value": "Mars"], "**Region** does not accept `Mars`; nothing was written."),
            (["field_name": "Colour", "value": "red"], "This object has no custom field `Colour`; nothing was"),
        ] as [(JSON, String)]
    )
    func `writes nothing when one field or value does not exist`(update: JSON, expected: String) async throws {
        let (preview, _) = try await call([["field_name": "Note", "value": "x"], update])
        #expect(preview.isFailure)
        #expect(preview.text.hasPrefix(expected))
        #expect(writes.isEmpty)
    }

    @Test func `is not agreed to for values that changed meanwhile`() async throws {
        let update: [JSON] = [["field_name": "Region", "value": "APAC"]]
        let preview = try await call(update, ["code_update_mode": "add"], confirms: false).preview
        _ = try await call([["field_name": "Region", "value": "AMER"]])
        let late = try await catalog.call(
            "update_custom_field_value",
            [
                "object_id": 501, "object_type": "oetable", "field_updates": .array(update), "code_update_mode": "add",
                "write_confirmed_by_user": true,
                "confirmation_token": preview.structured?["confirmationToken"] ?? .null,
            ]
        )
        #expect(late.isFailure && late.text.contains("does not match"))
    }

    @Test func `says what is locked`() async throws {
        let updates: [JSON] = [["field_name": "Legal hold", "value": "yes"], ["field_name": "Note", "value": "x"]]
        let done = try await call(updates).done
        #expect(done.text.contains("- Changed: Note\n- Locked: Legal hold\n- Reason: The field is locked"))
        let again: [JSON] = [["field_name": "Legal hold", "value": "yes"], ["field_name": "Note", "value": "y"]]
        let strict = try await call(again, ["fail_on_blocked_field": true]).done
        #expect(strict.isFailure && strict.text.contains("“The field is locked”"))
    }

    @Test func `has nothing to do where the value is there already`() async throws {
        let answer = try await call([["field_name": "Region", "value": "EMEA"]]).preview
        #expect(answer.structured?["status"] == "unchanged")
    }

    private func call(
        _ updates: [JSON],
        _ more: KeyValuePairs<String, JSON> = [:],
        confirms: Bool = true
    ) async throws -> (preview: Answer, done: Answer) {
        var call: JSON = ["object_id": 501, "object_type": "oetable", "field_updates": .array(updates)]
        for (name, value) in more { call[name] = value }
        if confirms { return try await catalog.confirmed("update_custom_field_value", call) }
        let preview = try await catalog.call("update_custom_field_value", call)
        return (preview, preview)
    }

    private var writes: [SandboxRecord.Entry] {
        sandbox.record.requests.filter { $0.path.hasSuffix("update-custom-field-values") }
    }
}

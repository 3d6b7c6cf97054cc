import JSON
import OvalEdge
import OvalEdgeTools
import Rendering
import Testing

@Suite struct `Assets on a line each` {
    private static let links = LinkBase("https://oe.example/ovaledge")

    private func lines(_ assets: [JSON]) throws -> (common: String?, lines: [String], directory: String?) {
        let assets = try assets.map { try Asset($0) }
        let lines = AssetLines(assets, links: Self.links)
        return (lines.common?.text, assets.indices.map { lines.line($0).text }, lines.directory?.text)
    }

    private func table(_ id: Int, _ name: String, _ more: JSON = [:]) -> JSON {
        var table: JSON = [
            "objectId": .int(id), "objectType": "oetable", "objectName": .string(name), "owner": "ann",
            "navLink": .string("#nav/table?id=\(id)"),
        ]
        for member in more.object?.members ?? [] { table[member.name] = member.value }
        return table
    }

    @Test func `one alone says all of itself and links to its page`() throws {
        let found = try lines([
            table(
                5,
                "orders",
                ["fullyQualifiedName": "dw.sales.orders", "certificationStatus": "CERTIFIED", "dqScore": 91]
            )
        ])
        #expect(
            found.lines == [
                "[orders](https://oe.example/ovaledge/#nav/table?id=5) `oetable 5` in dw.sales · owner ann · no steward · certified · quality 91"
            ]
        )
        #expect(found.common == nil && found.directory == nil)
    }

    @Test func `what all share is said once`() throws {
        let found = try lines([table(5, "a", ["steward": "bob"]), table(6, "b", ["steward": "eve", "dqScore": 3])])
        #expect(found.common == "All: owner ann.")
        #expect(found.lines == ["**a** `oetable 5` · steward bob", "**b** `oetable 6` · steward eve · quality 3"])
        #expect(found.directory == "Pages: table https://oe.example/ovaledge/#nav/table?id={id}")
    }

    /// No one must be led to another page than the product sent.
    @Test(arguments: ["#nav/table?id=77", "#nav/table?id=6&tab=id=6", "#nav/table/6", "#nav/table?id=61"])
    func `a page that is otherwise has its own link, and so have the others of its kind`(link: String) throws {
        let found = try lines([table(5, "a"), table(6, "b", ["navLink": .string(link)])])
        #expect(found.directory == nil)
        #expect(found.lines[0].hasPrefix("[a](https://oe.example/ovaledge/#nav/table?id=5)"))
        #expect(found.lines[1].hasPrefix("[b](https://oe.example/ovaledge/\(link))"))
    }

    @Test func `each kind has its own pattern, and one without a page none`() throws {
        let report: (Int) -> JSON = { id in
            [
                "objectId": .int(id), "objectType": "oechart", "objectName": "r", "owner": "ann",
                "navLink": .string("#nav/report?id=\(id)&objectType=oechart"),
            ]
        }
        let found = try lines([table(1, "a"), report(1), table(2, "b"), report(2), ["objectId": 9, "name": "x"]])
        #expect(
            found.directory == """
                Pages: table https://oe.example/ovaledge/#nav/table?id={id}, \
                report https://oe.example/ovaledge/#nav/report?id={id}&objectType=oechart
                """
        )
        #expect(found.lines[1] == "**r** — report `oechart 1` · owner ann · no steward")
        #expect(found.lines[4] == "**x** — asset `9`")
        #expect(try lines([table(1, "a"), table(2, "b", ["navLink": .null])]).directory == nil)
    }

    @Test(
        arguments: [
            (["owner": "ann"], "owner ann · no steward"), (["owner": .null], "no owner · no steward"),
            (["owner": "N/A", "steward": "bob", "custodian": "-"], "no owner · steward bob · no custodian"),
            (["owner": "ann", "steward": " none "], "owner ann · no steward"),
            (
                ["owner": ["displayName": "Ann Lee", "userName": "alee"], "steward": "x"],
                "owner Ann Lee (alee) · steward x"
            ),
            (["owner": "Unknown", "steward": ["displayName": "-"]], "no owner · no steward"),
        ] as [(JSON, String)]
    )
    func `says of each role that no one holds it`(roles: JSON, expected: String) throws {
        #expect(
            try lines([table(1, "a", roles)]).lines[0]
                == "[a](https://oe.example/ovaledge/#nav/table?id=1) `oetable 1` · \(expected)"
        )
    }

    @Test func `leaves open who is responsible where the reply has no role`() throws {
        let unknown: JSON = ["objectId": 1, "objectType": "oetable", "objectName": "a"]
        #expect(try lines([unknown]).lines[0].hasSuffix("`oetable 1` · owner not given"))
        let column: JSON = ["objectId": 1, "objectType": "oecolumn", "objectName": "c"]
        #expect(try lines([column]).lines == ["**c** `oecolumn 1`"])
    }

    @Test func `a name of any length leaves room for others`() throws {
        let name = String(repeating: "n", count: 5000)
        let line = try lines([table(1, name, ["fullyQualifiedName": .string("dw." + name)])]).lines[0]
        #expect(line.count < 500 && line.contains("n… (5000 characters)"))
    }

    @Test func `no address of the catalog ends the line or begins a link`() throws {
        let evil = "#nav/table?x=](http://evil)<b>`\u{202E}&id="
        let found = try lines([
            table(1, "a", ["navLink": .string(evil + "1")]), table(2, "b", ["navLink": .string(evil + "2")]),
        ])
        let directory = try #require(found.directory)
        #expect(!directory.contains("](") && !directory.contains("<") && !directory.contains("`"))
        #expect(!directory.unicodeScalars.contains("\u{202E}"))
    }
}

import AuthorizationServer
import HTTP
import Testing

@Suite struct `The fields of a form` {
    @Test func `are read as browsers write them`() throws {
        let form = try #require(FormFields("a=1&b=x+y%2B%C3%BC&c=&d&e=f=g"))
        #expect(form["a"] == "1")
        #expect(form["b"] == "x y+ü")
        #expect(form["c"] == nil)
        #expect(form["d"] == nil)
        #expect(form["e"] == "f=g")
        #expect(form.repeated.isEmpty)
        #expect(try #require(FormFields(""))["a"] == nil)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "a=%FF", "a=%00", "%=1", "a=ü", "a=1&\u{301}b=2"])
    func `are refused where an escape is broken`(text: String) { #expect(FormFields(text) == nil) }

    @Test func `are refused where there are more than anyone sends`() {
        #expect(FormFields(Array(repeating: "a=1", count: 64).joined(separator: "&")) != nil)
        #expect(FormFields(Array(repeating: "a=1", count: 65).joined(separator: "&")) == nil)
    }

    @Test func `may not be repeated, but for the same resource`() throws {
        #expect(try #require(FormFields("a=1&a=1")).repeated == ["a"])
        #expect(try #require(FormFields("resource=x&resource=x")).repeated.isEmpty)
        #expect(try #require(FormFields("resource=x&resource=y")).repeated == ["resource"])
    }

    private static let form = "application/x-www-form-urlencoded"

    @Test(arguments: [form, form.uppercased(), "\(form); charset=UTF-8", "\(form);"])
    func `come as a form`(type: String) {
        #expect(FormFields(body: Array("a=1".utf8), ["Content-Type": type])?["a"] == "1")
    }

    @Test(
        arguments: [
            ["Content-Type": "application/json"], [:], ["Content-Type": "\(form), \(form)"],
            ["Content-Type": "\(form)x"],
            ["Content-Type": "\(form); charset=latin1"], ["Content-Type": "\(form); a=b; c=d"],
            ["Content-Type": form, "content-type": form], ["Content-Type": form, "Content-Encoding": "gzip"],
            ["Content-Type": "multipart/form-data; boundary=x"],
        ] as [HTTPFields]
    )
    func `come as nothing else`(fields: HTTPFields) {
        #expect(FormFields(body: Array("a=1".utf8), fields) == nil)
    }
}

package import JSON
package import OvalEdge
import Text

/// A reply made ready for programs: lean, clean, with links that open.
package struct Structured: Sendable {
    private let links: LinkBase
    private let extent: Extent
    private let wanted: Set<String>

    /// `wanted` are members that stay whatever the extent.
    package init(links: LinkBase, _ extent: Extent = .whole, keeping wanted: Set<String> = []) {
        self.links = links
        self.extent = extent
        self.wanted = wanted
    }

    /// The reply without nulls and without the HTML twins of plain texts, each link normalised next to the full one.
    ///
    /// A bare list becomes `data.items`, so that the result is an object whatever came.
    package func enriched(_ json: JSON) -> JSON {
        var json = json
        if let items = json["_json"] ?? json["data"], items.array != nil {
            json["_json"] = nil
            json["data"] = ["items": items]
        }
        return walked(json, under: "")
    }

    private func walked(_ json: JSON, under name: String) -> JSON {
        switch json {
        case .array(let items): .array(items.map { walked($0, under: name) })
        case .object(let object): .object(linked(lean(object), under: name))
        default: Untrusted.cleaned(json)
        }
    }

    private func lean(_ object: JSONObject) -> JSONObject {
        let html = RichText.htmlNames.contains { object[$0]?.string != nil }
        let isShortened = extent.shortens(object)
        var members: [JSONObject.Member] = []
        // Room for the links.
        members.reserveCapacity(object.members.count + 2)
        for member in object.members where !member.value.isNull {
            if html && RichText.htmlNames.contains(member.name) { continue }
            if isShortened, !extent.keeps(member, of: object), !wanted.contains(member.name) { continue }
            let value = walked(unmarked(member).normal(as: member.name), under: member.name)
            members.append(JSONObject.Member(Untrusted.cleaned(member.name), value))
        }
        var result = JSONObject(members)
        if html, !RichText.plainNames.contains(where: { result[$0]?.plainText != nil }),
            let text = RichText(.object(object))
        {
            result["plainText"] = .string(Untrusted.cleaned(text.plainText))
        }
        return result
    }

    /// Without HTML, where a member is a text that people read.
    private func unmarked(_ member: JSONObject.Member) -> JSON {
        guard case .string(let text) = member.value, HTMLText.isIn(text), Self.texts.contains(member.name) else {
            return member.value
        }
        return .string(RichText(text, .html).plainText)
    }

    private static let texts = Set(Asset.descriptionNames + RichText.plainNames)

    private func linked(_ object: JSONObject, under name: String) -> JSONObject {
        guard let link = link(of: .object(object), under: name) else { return object }
        var object = object
        // The end of the full address says the same.
        object["navLink"] = extent == .whole ? .string(link.fragment) : nil
        object["redirectUrl"] = .string(links.url(link))
        return object
    }

    /// Terms and tags have pages that can be found without a link; other objects only have what the product sent.
    private func link(of json: JSON, under name: String) -> NavLink? {
        switch name {
        case "tags", "parentTag", "childTags": return (try? CatalogTag(json))?.link
        case "glossaryTerms":
            return (try? Asset(json)).flatMap { term in term.link ?? term.id.map { .glossaryTerm($0) } }
        default:
            return ["navLink", "hyperlink"].firstNonNil { json[$0]?.string.flatMap { NavLink($0) } }
        }
    }
}

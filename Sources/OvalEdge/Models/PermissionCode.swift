package import JSON

/// How OvalEdge abbreviates what someone may do with an asset of the catalog, and what that means.
///
/// Releases differ in the abbreviations of permissions on data.
package enum PermissionCode: String, CaseIterable, Sendable {
    case metadataRead = "MR"
    case metadataWrite = "MW"
    case dataNoAccess = "DN"
    case dataNoAccessLonger = "DNA"
    case dataPreview = "DP"
    case dataPreviewLonger = "DPR"
    case dataRead = "DR"
    case dataWrite = "DW"
    case admin = "ADM"

    package var meaning: String {
        switch self {
        case .metadataRead: "may read the metadata"
        case .metadataWrite: "may read and change the metadata"
        case .dataNoAccess, .dataNoAccessLonger: "no access to the data"
        case .dataPreview, .dataPreviewLonger: "may see a preview of the data, not query or download it"
        case .dataRead: "may query and download the data"
        case .dataWrite: "may query, download and change the data"
        case .admin: "may do all of it, and permit it to others"
        }
    }

    /// Those in a reply, in the order of the enumeration.
    package static func all(in json: JSON) -> [PermissionCode] {
        var found: Set<PermissionCode> = []
        collect(from: json, into: &found)
        return allCases.filter { found.contains($0) }
    }

    private static func collect(from json: JSON, into found: inout Set<PermissionCode>) {
        for item in json.array ?? [] { collect(from: item, into: &found) }
        for member in json.object?.members ?? [] {
            if isPermission(member.name), let code = member.value.string.flatMap({ PermissionCode(rawValue: $0) }) {
                found.insert(code)
            } else {
                collect(from: member.value, into: &found)
            }
        }
    }

    /// `metadataPermission`, `dataPermission`.
    static func isPermission(_ name: String) -> Bool { name.hasSuffix("ermission") }
}

extension JSON {
    /// With `none` for every permission that is null.
    var namingPermissions: JSON {
        switch self {
        case .array(let items): .array(items.map { $0.namingPermissions })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { member in
                        let isNone = member.value.isNull && PermissionCode.isPermission(member.name)
                        return .init(member.name, isNone ? "none" : member.value.namingPermissions)
                    }
                )
            )
        default: self
        }
    }
}

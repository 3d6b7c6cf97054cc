import OvalEdge
import Testing

@Suite struct `The configuration` {
    @Test func `fills in what is usual`() {
        let configuration = OvalEdgeConfiguration(baseURL: " https://acme.net/ovaledge// ", authScheme: " ")
        #expect(configuration.baseURL == "https://acme.net/ovaledge")
        #expect(configuration.linkBaseURL == "https://acme.net/ovaledge")
        #expect(configuration.authScheme == "jwt")
        #expect(configuration.timeZone == "UTC")
        #expect(configuration.host == "acme.net")
    }

    @Test(
        arguments: [
            ("Asia/Tokyo", "Europe/Berlin", "/usr/share/zoneinfo/Europe/Paris", "Asia/Tokyo"),
            (nil, "Europe/Berlin", nil, "Europe/Berlin"),
            ("", ":Europe/Berlin", nil, "Europe/Berlin"),
            (nil, "/usr/share/zoneinfo/America/Argentina/Ushuaia", nil, "America/Argentina/Ushuaia"),
            (nil, "CET-1CEST,M3.5.0,M10.5.0/3", "/usr/share/zoneinfo/Europe/Paris", "Europe/Paris"),
            (nil, "CET-1CEST", "../usr/share/zoneinfo/posix/Europe/Paris", "Europe/Paris"),
            (nil, nil, "/var/db/timezone/zoneinfo/Asia/Kolkata", "Asia/Kolkata"),
            (nil, nil, "/somewhere/else", "UTC"),
            (nil, "Etc/GMT+3", nil, "Etc/GMT+3"),
            (nil, "EST5EDT", nil, "EST5EDT"),
            (nil, "UTC", nil, "UTC"),
            ("bad zone\r\nX: 1", nil, nil, "UTC"),
            (nil, nil, nil, "UTC"),
        ] as [(String?, String?, String?, String)]
    )
    func `finds the time zone`(_ setting: String?, _ tz: String?, _ localtime: String?, _ zone: String) {
        #expect(OvalEdgeConfiguration.timeZone(setting: setting, tz: tz, localtime: localtime) == zone)
    }

    @Test func `skips a time zone of the environment that does not exist`() {
        let zones = ["Europe/Berlin", "Europe/Paris"]
        func zone(_ tz: String, _ localtime: String? = "/usr/share/zoneinfo/Europe/Paris") -> String {
            OvalEdgeConfiguration.timeZone(setting: nil, tz: tz, localtime: localtime, exists: zones.contains)
        }
        #expect(zone("Europe/Berlin") == "Europe/Berlin")
        #expect(zone(":/usr/share/zoneinfo/Europe/Berlin") == "Europe/Berlin")
        #expect(zone("Europe/Nowhere") == "Europe/Paris")
        #expect(zone("garbage") == "Europe/Paris")
        #expect(zone("garbage", nil) == "UTC")
    }
}

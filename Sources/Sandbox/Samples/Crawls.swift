extension SampleText {
    /// Weekly looks into the warehouse and the shop, and what each found to be other than before.
    static let crawls = """
        crawl 9001 20 2026-05-11T02:30:00
        crawl 9002 20 2026-05-18T02:30:00
        crawl 9003 20 2026-05-25T02:30:00
        crawl 9004 20 2026-06-01T02:30:00
        crawl 9011 21 2026-05-24T03:00:00
        crawl 9012 21 2026-05-31T03:00:00
        change 9002 501 rows +1180
        change 9002 505 column added product_group VARCHAR(30)
        change 9003 103 table removed customers_2023
        change 9003 501 rows +1244
        change 9003 512 column type segment VARCHAR(12) VARCHAR(20)
        change 9004 501 column added channel VARCHAR(10)
        change 9004 501 column type status VARCHAR(12) VARCHAR(20)
        change 9004 501 rows +1302
        change 9004 503 column type paid_price FLOAT NUMBER(12,2)
        change 9004 503 rows +4410
        change 9004 511 column data email
        change 9004 511 column removed last_name VARCHAR
        change 9004 511 rows -212
        change 9004 513 table added
        change 9004 533 rows +64
        change 9012 401 rows +1310
        change 9012 405 column type on_hand smallint integer
        change 9012 402 rows +97
        """
}

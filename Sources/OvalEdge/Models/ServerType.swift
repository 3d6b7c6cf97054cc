/// The connectors that assets can come from, spelled as the product requires.
package enum ServerType {
    package static let known =
        [
            "allscripts api Athena awsDynamoDb awsappflow adl azuredevops azuredevopsrepo bigquery box cassandra",
            "clickhouse cloudera_navigator db2 db2as400 db2odbc denodo dremio dsefs informix elasticSearch",
            "elasticSearchOnPremise esri eventhub gcs github githubfiles googledrive greenplum greenhouse hbase hdfs",
            "hive qubolehive ibmcognos impala kafka linux looker manual mongodb mysql mariadb mavenlink",
            "microstrategy nfs onedrive oracle oracleservicecloud postgres powerbi qlikview redshift s3 sapbods sapbo",
            "sapsuccessfactors sftp sisense sqlserver ssas ssas_onprem ssis ssrs salesforce sapbo_universe saptables",
            "sharepoint snowflake spline sigma tableau teradata vertica other odbcsqlserver exasol adf adb airflow dbt",
            "azuresqlmanagedinstance azuresynapse couchdb saphana domo quickbase atlas DeltaLake alteryx talend",
            "matillion InterSystemsCache MSAccess arangodb pentaho awsglueetl ODataExt netsuitecrm",
            "informatica_powercenter informatica_ics informatica_bdm hubspot dynamics365 dynamics365reports",
            "documentdb cosmosdb okta azuread avm ldap DELLBOOMI secretsmanager hashicorp webfocus couchbase workday",
            "hopsworks ADP structuredfileconnector azurekeyvault dbtcore cifs erwincsvimport gitlab zendesk",
            "schemaregistry azureml oraclefusionhcm sybasease salesforcereports datapipeline fme db2zos sybaseiq",
            "datastage apachepulsar netsuitecrmjdbc quicksight awsdms oraclebi obieerpd obieepublisher awsaurora",
            "dremioiceberg filecloud obieeoas cartovista oracleebstable qliktalend googleclouddatafusion",
            "oracleanalytics akamaiidentitycloud sapanalyticscloud salesforcecommercecloud microstrategycloud",
            "quickbooks-desktop quickbooks-online tally",
        ].flatMap { $0.split(separator: " ").map { String($0) } } + ["qlik sense"]
}

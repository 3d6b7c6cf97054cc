<#
.SYNOPSIS
Sets up oe-mcp inside WSL, and prints what to paste into an MCP client on Windows.

.DESCRIPTION
oe-mcp is a program for Linux and macOS. On Windows it runs inside the Windows Subsystem for Linux: this script checks that
WSL and a distribution are there, runs scripts/setup_local_mcp.sh inside it, which builds the program or takes yours, puts
it into ~/.local/bin there, makes a settings file, and prints an entry that starts it by wsl.exe.

It changes nothing on Windows and installs neither WSL nor a distribution, which need an administrator and a restart.
It was checked with a grammar of PowerShell, and has not been run on Windows.

.PARAMETER Distribution
The distribution to use, if there are several.

.PARAMETER Program
An oe-mcp for Linux that is built already, to be taken instead of building one.

.PARAMETER InstallSwift
Install the Swift toolchain inside the distribution where it is missing, without asking.

.PARAMETER Dev
Format the sources and run the tests, too.

.EXAMPLE
scripts\setup_local_mcp.ps1 -Distribution Debian
#>
[CmdletBinding()]
param(
    [switch]$Dev,
    [switch]$InstallSwift,
    [string]$Distribution = '',
    [string]$Program = ''
)

Set-StrictMode -Version 2.0

function Stop-Setup {
    param([string]$Fault, [string]$Advice, [int]$Code = 1)
    [Console]::Error.WriteLine($Fault)
    [Console]::Error.WriteLine($Advice)
    exit $Code
}

# By its full path: clients start it without a PATH, and nothing else of this name is started.
$wsl = Join-Path $env:SystemRoot 'System32\wsl.exe'
if (-not (Test-Path -LiteralPath $wsl -PathType Leaf)) {
    Stop-Setup 'WSL is not on this machine.' 'Run "wsl --install -d Debian" as an administrator, restart, and run this again.'
}

# wsl.exe writes UTF-16 unless it is told otherwise; older ones do not listen, hence the removal of NUL.
$env:WSL_UTF8 = '1'
$listed = @(& $wsl --list --quiet)
if ($LASTEXITCODE -ne 0) {
    Stop-Setup 'WSL has no distribution, or is not switched on.' 'Run "wsl --install -d Debian" as an administrator, restart, and run this again.'
}
# Those of Docker and Rancher are no systems for people.
$names = @($listed | ForEach-Object { "$_".Replace("`0", '').Trim() } | Where-Object { $_ -and $_ -notlike 'docker-desktop*' -and $_ -notlike 'rancher-desktop*' })

if (-not $Distribution) {
    if ($names.Count -eq 0) {
        Stop-Setup 'WSL has no distribution.' 'Run "wsl --install -d Debian" and run this again.'
    }
    if ($names.Count -gt 1) {
        Stop-Setup "WSL has several distributions: $($names -join ', ')." 'Add -Distribution NAME.' 64
    }
    $Distribution = $names[0]
}
elseif ($names -notcontains $Distribution) {
    Stop-Setup "WSL has no distribution named $Distribution." "It has: $($names -join ', ')." 64
}

& $wsl --distribution $Distribution --cd / --exec /bin/bash -c true
if ($LASTEXITCODE -ne 0) {
    Stop-Setup "$Distribution does not start, has no bash, or WSL is too old." "Run `"wsl --update`" and `"wsl -d $Distribution`", see what they say, and run this again."
}

$root = Split-Path -Parent $PSScriptRoot
$words = @('scripts/setup_local_mcp.sh', '--install')
if ($Dev) { $words += '--dev' }
if ($InstallSwift) { $words += '--install-swift' }
if ($Program) {
    if (-not (Test-Path -LiteralPath $Program -PathType Leaf)) {
        Stop-Setup "There is no file $Program." 'Name an oe-mcp for Linux, or leave -Program out to build one.' 64
    }
    # Slashes, because a backslash would have to survive two command lines.
    $windows = (Resolve-Path -LiteralPath $Program).ProviderPath.Replace('\', '/')
    $linux = & $wsl --distribution $Distribution --exec wslpath -a $windows
    if ($LASTEXITCODE -ne 0) {
        Stop-Setup "$Distribution cannot see $Program." 'Copy it to a drive that WSL mounts, such as C:.'
    }
    $words += @('--program', "$linux".Trim())
}
elseif ($root -notlike '\\wsl*') {
    Write-Host 'The sources are on a drive of Windows, where building takes several times as long as inside the distribution.'
}

& $wsl --distribution $Distribution --cd $root --exec /bin/bash @words
$ended = $LASTEXITCODE
if ($ended -eq 0) {
    Write-Host 'Clients on Windows pass no variables on to WSL: keep all settings in the file that is named above.'
}
exit $ended

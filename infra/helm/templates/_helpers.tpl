{{- define "oe-mcp.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "oe-mcp.fullname" -}}
{{- $name := include "oe-mcp.name" . -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name -}}
{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{- define "oe-mcp.selector" -}}
app.kubernetes.io/name: {{ include "oe-mcp.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "oe-mcp.labels" -}}
{{ include "oe-mcp.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "oe-mcp.serviceAccount" -}}
{{ default (ternary (include "oe-mcp.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{- define "oe-mcp.image" -}}
{{- with .Values.image -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end -}}
{{- end }}

{{/* The settings of the values, and those that follow from others. */}}
{{- define "oe-mcp.settings" -}}
{{- $_ := required "Set settings.OVALEDGE_BASE_URL, such as https://acme.ovaledge.net/ovaledge." .Values.settings.OVALEDGE_BASE_URL -}}
{{- $own := dict "MCP_HTTP_HOST" "0.0.0.0" "MCP_HTTP_PORT" 8000 -}}
{{- if .Values.sealKeys.existingSecret -}}
{{- $_ := set $own "MCP_SEAL_KEY_FILE" (printf "/run/secrets/oe-mcp/%s" .Values.sealKeys.key) -}}
{{- if and (eq .Values.settings.AUTH_MODE "remote_login") (not .Values.settings.OAUTH_KEY_FILE) -}}
{{- $_ := set $own "OAUTH_KEY_FILE" (printf "/run/secrets/oe-mcp/%s" .Values.sealKeys.key) -}}
{{- end -}}
{{- end -}}
{{- if .Values.tls.existingSecret -}}
{{- $_ := set $own "MCP_TLS_CERTIFICATE" "/run/secrets/oe-mcp-tls/tls.crt" -}}
{{- $_ := set $own "MCP_TLS_KEY" "/run/secrets/oe-mcp-tls/tls.key" -}}
{{- end -}}
{{- if .Values.metrics.enabled -}}
{{- $_ := set $own "MCP_METRICS_HOST" "0.0.0.0" -}}
{{- $_ := set $own "MCP_METRICS_PORT" .Values.metrics.port -}}
{{- end -}}
{{- range $name, $value := merge $own .Values.settings }}
{{- if ne (toString $value) "" }}
{{ $name }}: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "oe-mcp.scheme" -}}
{{ empty .Values.tls.existingSecret | ternary "HTTP" "HTTPS" }}
{{- end }}

{{- define "oe-mcp.many" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) }}true{{ end -}}
{{- end }}

{{/* Whether sign-ins are kept where all Pods find them, as far as can be seen here. */}}
{{- define "oe-mcp.keepsSignIns" -}}
{{- $named := false -}}
{{- range .Values.env }}{{ if hasPrefix "OAUTH_STORE" .name }}{{ $named = true }}{{ end }}{{ end -}}
{{- if or $named .Values.envFrom .Values.settings.OAUTH_STORE .Values.settings.OAUTH_STORE_FILE }}true{{ end -}}
{{- end }}

{{/* Where the server may go, unless values say it: names, HTTPS, stores and the ports of the addresses among the settings. */}}
{{- define "oe-mcp.egress" -}}
{{- $ports := list 443 6379 6380 -}}
{{- range .Values.settings -}}
{{- range regexFindAll "(https?|rediss?)://[^/,\\s]+" (toString .) -1 -}}
{{- $usual := hasPrefix "http" . | ternary (hasPrefix "https" . | ternary 443 80) 6379 -}}
{{- $ports = append $ports (regexFind ":[0-9]+$" . | trimPrefix ":" | default $usual | int) -}}
{{- end -}}
{{- end -}}
- ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
- ports:
{{- range uniq $ports }}
    - {port: {{ . }}, protocol: TCP}
{{- end }}
{{- end }}

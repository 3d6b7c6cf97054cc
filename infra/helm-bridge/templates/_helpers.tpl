{{- define "bridge.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "bridge.fullname" -}}
{{- $name := include "bridge.name" . -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name -}}
{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{- define "bridge.selector" -}}
app.kubernetes.io/name: {{ include "bridge.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "bridge.labels" -}}
{{ include "bridge.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "bridge.serviceAccount" -}}
{{ default (ternary (include "bridge.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{- define "bridge.image" -}}
{{- with .Values.image -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end -}}
{{- end }}

{{/* The settings of the values, and those that follow from others. */}}
{{- define "bridge.settings" -}}
{{- if not (or .Values.settings.MCP_REMOTE_SERVER .Values.settings.MCP_SERVER_COMMAND .Values.config.existingSecret) -}}
{{- fail "Set settings.MCP_REMOTE_SERVER, such as https://api.githubcopilot.com/mcp/, or config.existingSecret." -}}
{{- end -}}
{{- $own := dict "OTEL_SERVICE_NAME" (default (include "bridge.fullname" .) .Values.settings.OTEL_SERVICE_NAME) -}}
{{- with .Values.basePath }}{{ $_ := set $own "MCP_BASE_PATH" . }}{{ end -}}
{{- range $name, $key := .Values.secrets.files }}{{ $_ := set $own (printf "%s_FILE" $name) (printf "/run/secrets/bridge/%s" $key) }}{{ end -}}
{{- range $name, $value := merge $own .Values.settings }}
{{- if ne (toString $value) "" }}
{{ $name }}: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "bridge.many" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) }}true{{ end -}}
{{- end }}

{{/* What leads here: the path of the bridge, and the document by which clients of its /mcp find where to sign in. */}}
{{- define "bridge.paths" -}}
{{- if .Values.basePath -}}
{{ list .Values.basePath (printf "/.well-known/oauth-protected-resource%s" .Values.basePath) | toJson }}
{{- else -}}
{{ list "/" | toJson }}
{{- end -}}
{{- end }}

{{/* Where the server may go, unless values say it: names, HTTPS and the ports of the addresses among the settings. */}}
{{- define "bridge.egress" -}}
{{- $ports := list 443 -}}
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

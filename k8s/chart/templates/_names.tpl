{{/* The operator makes names of 63 characters out of it. */}}
{{- define "dien.name" -}}
{{- if gt (len .Release.Name) 45 }}{{ fail "a release's name has at most 45 characters here" }}{{ end -}}
{{ .Release.Name }}
{{- end }}

{{- define "dien.labels" -}}
app.kubernetes.io/part-of: dien-stream
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "dien.metadata" -}}
name: {{ include "dien.name" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "dien.labels" . | nindent 2 }}
{{- end }}

{{/* As dien.metadata, of something with a name of its own: (list . name) */}}
{{- define "dien.named" -}}
{{- $root := first . -}}
name: {{ last . }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "dien.labels" $root | nindent 2 }}
{{- end }}

{{- define "dien.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* With its hash, so that a changed option is a change of the deployment. */}}
{{- define "dien.optionsName" -}}
{{ include "dien.name" . }}-options-{{ include "dien.options" . | sha256sum | trunc 10 }}
{{- end }}

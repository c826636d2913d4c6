{{/* Of a pod alone, and gone with it: on the node's own disk, or a claim of its own where there is a storage class. */}}
{{- define "dien.volume" -}}
{{- if .storageClassName -}}
ephemeral:
  volumeClaimTemplate:
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: {{ .storageClassName }}
      resources: {requests: {storage: {{ .size }}}}
{{- else -}}
emptyDir: {sizeLimit: {{ .size }}}
{{- end }}
{{- end }}

{{/* options.properties. Secrets are not here: Kafka's clients read them from files. */}}
{{- define "dien.options" -}}
{{- $kafka := .Values.kafka }}
{{- $o := dict "kafka.bootstrap-servers" $kafka.bootstrapServers }}
{{- if eq .Values.job "scoring" }}
  {{- $_ := set $o "model.path" (.Values.storage.models.uri | default "/models/current") }}
{{- end }}
{{- /* the volume `cache` */}}
{{- $_ := set $o "model.cache-directory" "/cache/models" }}
{{- $_ := set $o "model.copy-directory" "/cache" }}
{{- /* of the FlinkDeployment */}}
{{- $_ := set $o "job.parallelism" "0" }}
{{- if $kafka.userSecret }}
  {{- $files := "/etc/dien-stream/kafka-user" }}
  {{- $_ := set $o "kafka.properties.security.protocol" "SASL_SSL" }}
  {{- $_ := set $o "kafka.properties.sasl.mechanism" "SCRAM-SHA-512" }}
  {{- $_ := set $o "kafka.properties.config.providers" "directory" }}
  {{- $_ := set $o "kafka.properties.config.providers.directory.class" "org.apache.kafka.common.config.provider.DirectoryConfigProvider" }}
  {{- $_ := set $o "kafka.properties.config.providers.directory.param.allowed.paths" $files }}
  {{- $_ := set $o "kafka.properties.sasl.jaas.config" (printf "${directory:%s:sasl.jaas.config}" $files) }}
{{- else if $kafka.caSecret }}
  {{- $_ := set $o "kafka.properties.security.protocol" "SSL" }}
{{- end }}
{{- if $kafka.caSecret }}
  {{- $_ := set $o "kafka.properties.ssl.truststore.type" "PEM" }}
  {{- $_ := set $o "kafka.properties.ssl.truststore.location" "/etc/dien-stream/kafka-ca/ca.crt" }}
{{- end }}
{{- range $key, $value := merge (deepCopy .Values.options) $o }}
{{ $key }} = {{ $value | replace "\\" "\\\\" }}
{{- end }}
{{- end }}

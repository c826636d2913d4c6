{{/* Settings of Flink and of the operator; k8s/base/flink-deployment.yaml says why each. */}}
{{- define "dien.flink" -}}
env.java.opts.all: >-
  --add-modules=jdk.incubator.vector --add-opens=java.base/java.util=ALL-UNNAMED
  --add-opens=java.base/java.lang=ALL-UNNAMED -XX:+ExitOnOutOfMemoryError
high-availability.type: kubernetes
high-availability.storageDir: {{ .Values.storage.highAvailability | quote }}
execution.checkpointing.dir: {{ .Values.storage.checkpoints | quote }}
execution.checkpointing.savepoint-dir: {{ .Values.storage.savepoints | quote }}
execution.checkpointing.num-retained: "3"
kubernetes.taskmanager.service-account: {{ include "dien.name" . }}-taskmanager
taskmanager.numberOfTaskSlots: {{ .Values.taskManager.slots | quote }}
taskmanager.memory.managed.fraction: "0.5"
web.submit.enable: "false"
web.cancel.enable: "false"
web.access-control-allow-origin: none
# what Flink would choose at start, so that the network policy can name it
high-availability.jobmanager.port: "6123"
blob.server.port: "6124"
taskmanager.data.port: "6121"
taskmanager.rpc.port: "6122"
metrics.internal.query-service.port: "6125"
state.backend.rocksdb.localdir: /rocksdb
state.backend.rocksdb.metrics.estimate-live-data-size: "true"
state.backend.rocksdb.metrics.total-sst-files-size: "true"
restart-strategy.type: exponential-delay
restart-strategy.exponential-delay.initial-backoff: 1 s
restart-strategy.exponential-delay.max-backoff: 10 s
metrics.reporter.prometheus.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory
metrics.reporter.prometheus.port: "9249"
kubernetes.operator.pod-template.merge-arrays-by-name: "true"
kubernetes.operator.deployment.rollback.enabled: "true"
kubernetes.operator.job.upgrade.last-state-fallback.enabled: "true"
kubernetes.operator.periodic.savepoint.interval: 24h
kubernetes.operator.savepoint.history.max.count: "7"
kubernetes.operator.savepoint.history.max.age: 168h
{{- if .Values.internalTls.enabled }}
security.ssl.internal.enabled: "true"
security.ssl.internal.keystore: /etc/dien-stream/internal-tls/keystore.p12
security.ssl.internal.keystore-password: dien-internal
security.ssl.internal.key-password: dien-internal
security.ssl.internal.truststore: /etc/dien-stream/internal-tls/keystore.p12
security.ssl.internal.truststore-password: dien-internal
{{- end }}
{{- with .Values.autoscaler }}
{{- if .enabled }}
jobmanager.scheduler: adaptive
job.autoscaler.enabled: "true"
job.autoscaler.stabilization.interval: {{ .stabilizationInterval }}
job.autoscaler.metrics.window: {{ .metricsWindow }}
job.autoscaler.utilization.target: {{ .utilizationTarget | quote }}
job.autoscaler.utilization.min: {{ .utilizationMin | quote }}
job.autoscaler.utilization.max: {{ .utilizationMax | quote }}
job.autoscaler.catch-up.duration: {{ .catchUpDuration }}
job.autoscaler.restart.time: {{ .restartTime }}
job.autoscaler.vertex.max-parallelism: {{ .maxParallelism | quote }}
{{- end }}
{{- end }}
{{- end }}

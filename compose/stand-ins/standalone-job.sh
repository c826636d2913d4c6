#!/bin/bash
# As Flink's own: memory by Flink's configuration, then the entry point of a cluster for one job.
set -euo pipefail
[ "${1:-}" = start-foreground ] && shift
home=/opt/flink
export FLINK_LIB_DIR=$home/lib FLINK_CONF_DIR=$home/conf FLINK_PLUGINS_DIR=$home/plugins
result=$(java -cp "$home/lib/*" org.apache.flink.runtime.util.bash.BashJavaUtils GET_JM_RESOURCE_PARAMS --configDir $home/conf | sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p')
jvm=$(sed -n 1p <<< "$result")
options=$(sed -n '/^env.java.opts.all:/,/^[a-z]/p' $home/conf/config.yaml | sed '1d;/^[a-z]/d' | tr '\n' ' ')
exec java $jvm $options -Dlog4j2.configurationFile=file:$home/conf/log4j-console.properties -cp "$home/lib/*" \
  org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint --configDir $home/conf "$@"

#!/bin/sh
# Runs the same clients with the bucket in the host name: `http://<bucket>.<domain>:9000`. The bucket must exist.
set -eux
host=${S3_ENDPOINT#http://}
bucket=$1
cd "$(mktemp -d)"
head -c 6291456 /dev/urandom > large

printf '%s\n' '[default]' "access_key = $AWS_ACCESS_KEY_ID" "secret_key = $AWS_SECRET_ACCESS_KEY" \
  "host_base = $host" "host_bucket = %(bucket)s.$host" 'use_https = False' 'max_retries = 1' > config
s3cmd --config config --no-progress --multipart-chunk-size-mb=5 put large "s3://$bucket/by s3cmd/large"
s3cmd --config config ls > buckets
grep -q "s3://$bucket" buckets

# With the provider AWS, rclone puts the bucket into the host name.
export RCLONE_CONFIG=/dev/null RCLONE_RETRIES=1 RCLONE_LOW_LEVEL_RETRIES=1
export RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER=AWS RCLONE_CONFIG_S3_ENV_AUTH=true
export RCLONE_CONFIG_S3_ENDPOINT=$S3_ENDPOINT RCLONE_CONFIG_S3_REGION=$AWS_DEFAULT_REGION
rclone copyto --s3-force-path-style=false --s3-upload-cutoff 5M large "s3:$bucket/by rclone/large"
rclone cat --s3-force-path-style=false "s3:$bucket/by s3cmd/large" | cmp - large

python3 - "$bucket" << 'END'
import os, sys, urllib.request
import boto3
from botocore.config import Config

bucket = sys.argv[1]
config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
s3 = boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT"], config=config)
s3.put_object(Bucket=bucket, Key="by boto3/ü", Body=b"x")
keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
assert keys == ["by boto3/ü", "by rclone/large", "by s3cmd/large"], keys
url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "by boto3/ü"})
assert f"//{bucket}." in url, url
assert urllib.request.urlopen(url).read() == b"x"
END

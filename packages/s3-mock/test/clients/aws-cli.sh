#!/bin/sh
# Runs aws-cli against the server. Ends at the first failure; the trace shows which command failed.
set -eux
work=$(mktemp -d)
cd "$work"
export AWS_ENDPOINT_URL=$S3_ENDPOINT AWS_MAX_ATTEMPTS=1 AWS_PAGER= AWS_EC2_METADATA_DISABLED=true
export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
on=s3://aws-cli
# Progress would bury the trace.
transfer() { command=$1; shift; aws s3 "$command" --no-progress "$@"; }

mkdir -p tree/sub
printf hello > 'tree/a b+ü%.txt'
: > tree/empty
printf deep > tree/sub/deep.txt
head -c 20971520 /dev/urandom > large

# Buckets, and objects of all sizes: the large one in three parts.
aws s3 mb "$on"
aws s3 ls > buckets
grep -q ' aws-cli$' buckets
transfer cp --metadata colour=blue --content-type text/plain 'tree/a b+ü%.txt' "$on/one/"
transfer cp large "$on/large"
transfer cp "$on/large" large.back
cmp large large.back
printf streamed | transfer cp - "$on/streamed"
[ "$(transfer cp "$on/streamed" -)" = streamed ]
where='--bucket aws-cli --key'
[ "$(aws s3api head-object $where 'one/a b+ü%.txt' --output text --query '[ContentType, Metadata.colour]')" = "text/plain	blue" ]
[ "$(aws s3api get-object $where 'one/a b+ü%.txt' --range bytes=1-3 part --output text --query ContentRange)" = 'bytes 1-3/5' ]
[ "$(cat part)" = ell ]

# Parts and checksums of an object. The parts have one because the upload asks for it.
transfer cp --checksum-algorithm SHA256 large "$on/summed"
transfer cp --checksum-mode ENABLED "$on/summed" large.back
cmp large large.back
[ "$(aws s3api get-object-attributes $where summed --object-attributes ETag ObjectParts ObjectSize StorageClass \
  --output text --query '[ObjectSize, ObjectParts.TotalPartsCount, StorageClass]')" = "20971520	3	STANDARD" ]
[ "$(aws s3api get-object-attributes $where summed --object-attributes ObjectParts \
  --output text --query 'ObjectParts.Parts[].Size')" = "8388608	8388608	4194304" ]

# Copies on the server, also in parts, and moves. A move is a copy and a removal.
transfer cp "$on/large" "$on/large copy"
[ "$(aws s3api head-object $where 'large copy' --output text --query ContentLength)" = 20971520 ]
transfer mv "$on/large copy" "$on/moved"
transfer cp "$on/moved" - | cmp - large
if aws s3api head-object $where 'large copy' 2> refused; then exit 1; fi
grep -q '(404)' refused
transfer mv "$on/one/" "$on/two/" --recursive
cp large.back local
transfer mv local "$on/local"
[ ! -e local ]
aws s3 rm "$on/summed"

# Folders: unchanged files are not sent again, deleted files are deleted on the server.
transfer sync tree "$on/tree"
[ -z "$(transfer sync tree "$on/tree")" ]
transfer sync "$on/tree" back
diff -r tree back
[ -z "$(transfer sync "$on/tree" back)" ]
transfer sync "$on/tree" "$on/tree 2"
[ -z "$(transfer sync "$on/tree" "$on/tree 2")" ]
rm tree/sub/deep.txt
transfer sync --delete tree "$on/tree"
aws s3 ls --recursive "$on/tree/" | sed 's/.* tree/tree/' > all
printf '%s\n' 'tree/a b+ü%.txt' tree/empty | diff - all
aws s3 ls "$on" > top
grep -q 'PRE tree 2/$' top
grep -q ' 20971520 moved$' top
aws s3 ls --recursive --page-size 2 --summarize "$on" > summary
grep -q 'Total Objects: 10$' summary

# A URL for those without a key.
fetch() { python3 -c 'import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1]).read())' "$1"; }
url=$(aws s3 presign --expires-in 60 "$on/two/a b+ü%.txt")
fetch "$url" | cmp - tree/a*
if fetch "$(echo "$url" | sed 's/Expires=60/Expires=90/')" 2> refused; then exit 1; fi
grep -q 'HTTP Error 403' refused

# Encryption, also of an upload in parts and of its copy.
transfer cp --sse aws:kms --sse-kms-key-id the-key large "$on/by kms"
[ "$(aws s3api head-object $where 'by kms' --output text --query '[ServerSideEncryption, SSEKMSKeyId]')" = "aws:kms	the-key" ]
transfer cp --sse aws:kms "$on/by kms" "$on/by kms too"
aws s3api head-object $where 'by kms too' --output text --query SSEKMSKeyId | grep -q alias/aws/s3
head -c 32 /dev/urandom > key
transfer cp --sse-c AES256 --sse-c-key fileb://key large "$on/by client"
transfer cp --sse-c AES256 --sse-c-key fileb://key "$on/by client" - | cmp - large
if transfer cp "$on/by client" - > /dev/null 2> refused; then exit 1; fi
grep -q '(400)' refused

# Configurations of the bucket.
cat > policy << END
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::aws-cli/two/*"}]}
END
if aws s3api get-bucket-policy --bucket aws-cli 2> refused; then exit 1; fi
grep -q NoSuchBucketPolicy refused
aws s3api put-bucket-policy --bucket aws-cli --policy file://policy
[ "$(aws s3api get-bucket-policy --bucket aws-cli --output text --query Policy)" = "$(cat policy)" ]
fetch "$S3_ENDPOINT/aws-cli/two/a%20b+%C3%BC%25.txt" | cmp - tree/a*
[ "$(aws s3api get-bucket-policy-status --bucket aws-cli --output text --query PolicyStatus.IsPublic)" = True ]
aws s3api delete-bucket-policy --bucket aws-cli
aws s3api put-bucket-website --bucket aws-cli --website-configuration \
  '{"IndexDocument":{"Suffix":"index.html"},"ErrorDocument":{"Key":"error.html"}}'
[ "$(aws s3api get-bucket-website --bucket aws-cli --output text \
  --query '[IndexDocument.Suffix, ErrorDocument.Key]')" = "index.html	error.html" ]
aws s3 website "$on" --index-document start.html
[ "$(aws s3api get-bucket-website --bucket aws-cli --output text --query IndexDocument.Suffix)" = start.html ]
aws s3api delete-bucket-website --bucket aws-cli
aws s3api put-bucket-versioning --bucket aws-cli --versioning-configuration Status=Enabled
transfer cp tree/empty "$on/streamed"
[ "$(aws s3api list-object-versions --bucket aws-cli --prefix streamed --output text --query 'length(Versions)')" = 2 ]
aws s3api put-object-tagging $where streamed --tagging 'TagSet=[{Key=a,Value=b c}]'
[ "$(aws s3api get-object-tagging $where streamed --output text --query 'TagSet[0].Value')" = 'b c' ]
aws s3api wait object-exists $where streamed

# A wrong signature, and what does not exist.
if AWS_SECRET_ACCESS_KEY=wrong aws s3 ls "$on" 2> refused; then exit 1; fi
grep -q SignatureDoesNotMatch refused
if aws s3 ls s3://aws-cli-none 2> refused; then exit 1; fi
grep -q NoSuchBucket refused

# A bucket that is not empty is kept, unless what is in it is to be removed as well.
aws s3 mb s3://aws-cli-2
transfer cp large s3://aws-cli-2/large
if aws s3 rb s3://aws-cli-2 2> refused; then exit 1; fi
grep -q BucketNotEmpty refused
aws s3 rb --force s3://aws-cli-2
aws s3 rm --recursive "$on"
[ -z "$(aws s3 ls "$on")" ]
if aws s3api head-bucket --bucket aws-cli-2 2> refused; then exit 1; fi
grep -q '(404)' refused

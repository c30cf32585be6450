"""Runs boto3 against the server: `python3 -m unittest boto3_test`. Address and keys are environment variables."""

import base64
import binascii
import datetime
import hashlib
import io
import json
import os
import unittest
import urllib.error
import urllib.request

import boto3
import requests
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

MIB = 1024 * 1024
BUCKET = "boto3"
PARTS = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB)


def client(signature_version="s3v4", **options):
    config = Config(
        signature_version=signature_version,
        s3={"addressing_style": "path"},
        retries={"total_max_attempts": 1},
    )
    return boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT"], config=config, **options)


s3 = client()
# As boto3 is without settings: it presigns with version 2.
plain = client(signature_version=None)
large = os.urandom(20 * MIB)


def setUpModule():
    s3.create_bucket(Bucket=BUCKET)
    s3.get_waiter("bucket_exists").wait(Bucket=BUCKET)


def put(key, body=b"", **more):
    return s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more)


def read(key, **more):
    return s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()


def head(key, **more):
    return s3.head_object(Bucket=BUCKET, Key=key, **more)


def crc32(data):
    return base64.b64encode(binascii.crc32(data).to_bytes(4, "big")).decode()


class Boto3(unittest.TestCase):
    def refused(self, code, status, request, *args, **more):
        with self.assertRaises(ClientError) as caught:
            request(*args, **more)
        answer = caught.exception.response
        self.assertEqual((answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]), (code, status))

    def test_buckets_are_created_listed_and_deleted(self):
        s3.create_bucket(Bucket="boto3-brief")
        self.assertIn("boto3-brief", [one["Name"] for one in s3.list_buckets()["Buckets"]])
        s3.put_object(Bucket="boto3-brief", Key="x")
        self.refused("BucketNotEmpty", 409, s3.delete_bucket, Bucket="boto3-brief")
        s3.delete_object(Bucket="boto3-brief", Key="x")
        s3.delete_bucket(Bucket="boto3-brief")
        self.refused("404", 404, s3.head_bucket, Bucket="boto3-brief")
        self.refused("NoSuchBucket", 404, s3.list_objects_v2, Bucket="boto3-brief")

    def test_an_object_is_returned_with_its_headers_and_metadata(self):
        put(
            "docs/a b+ü.txt",
            b"hello",
            ContentType="text/plain",
            CacheControl="no-cache",
            ContentDisposition='attachment; filename="a.txt"',
            Metadata={"colour": "blue", "Size": "1, 2"},
        )
        found = s3.get_object(Bucket=BUCKET, Key="docs/a b+ü.txt", ChecksumMode="ENABLED")
        self.assertEqual(found["Body"].read(), b"hello")
        self.assertEqual(found["ContentType"], "text/plain")
        self.assertEqual(found["CacheControl"], "no-cache")
        self.assertEqual(found["ContentDisposition"], 'attachment; filename="a.txt"')
        self.assertEqual(found["Metadata"], {"colour": "blue", "size": "1, 2"})
        self.assertEqual(found["ETag"], f'"{hashlib.md5(b"hello").hexdigest()}"')
        self.assertEqual(found["ChecksumCRC32"], crc32(b"hello"))
        self.refused("NoSuchKey", 404, read, "docs")
        self.refused("404", 404, head, "docs")

    def test_an_object_can_be_empty(self):
        put("empty")
        self.assertEqual(read("empty"), b"")
        self.assertEqual(head("empty")["ContentLength"], 0)
        self.refused("InvalidRange", 416, read, "empty", Range="bytes=0-1")

    def test_ranges_of_an_object_are_returned(self):
        put("range", b"0123456789")
        found = s3.get_object(Bucket=BUCKET, Key="range", Range="bytes=2-4")
        self.assertEqual((found["Body"].read(), found["ContentRange"]), (b"234", "bytes 2-4/10"))
        self.assertEqual(read("range", Range="bytes=-3"), b"789")
        self.assertEqual(read("range", Range="bytes=7-"), b"789")

    def test_a_large_object_is_uploaded_copied_and_downloaded_in_parts(self):
        s3.upload_fileobj(io.BytesIO(large), BUCKET, "large", Config=PARTS)
        found = head("large", ChecksumMode="ENABLED")
        self.assertEqual(found["ContentLength"], len(large))
        self.assertRegex(found["ETag"], '^"[0-9a-f]{32}-3"$')
        # Each part has a checksum; the object has the checksum of the parts' checksums.
        self.assertEqual(found["ChecksumType"], "COMPOSITE")
        sums = [binascii.crc32(large[at : at + 8 * MIB]).to_bytes(4, "big") for at in range(0, len(large), 8 * MIB)]
        self.assertEqual(found["ChecksumCRC32"], f"{crc32(b''.join(sums))}-3")
        self.assertEqual(head("large", PartNumber=3)["PartsCount"], 3)
        self.assertEqual(head("large", PartNumber=3)["ContentLength"], 4 * MIB)
        s3.copy({"Bucket": BUCKET, "Key": "large"}, BUCKET, "large copy", Config=PARTS)
        self.assertRegex(head("large copy")["ETag"], '-3"$')
        back = io.BytesIO()
        s3.download_fileobj(BUCKET, "large copy", back, Config=PARTS)
        self.assertEqual(hashlib.sha256(back.getvalue()).digest(), hashlib.sha256(large).digest())

    def test_a_multipart_upload_has_a_checksum_of_the_whole_object(self):
        upload = s3.create_multipart_upload(
            Bucket=BUCKET, Key="whole", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT"
        )
        where = {"Bucket": BUCKET, "Key": "whole", "UploadId": upload["UploadId"]}
        pieces = [large[: 5 * MIB], large[5 * MIB : 6 * MIB]]
        parts = []
        for number, piece in enumerate(pieces, 1):
            part = s3.upload_part(**where, PartNumber=number, Body=piece, ChecksumAlgorithm="CRC32")
            parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
        self.assertEqual([part["Size"] for part in s3.list_parts(**where)["Parts"]], [5 * MIB, MIB])
        self.assertEqual([one["Key"] for one in s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]], ["whole"])
        document = {**where, "MultipartUpload": {"Parts": parts}, "ChecksumType": "FULL_OBJECT"}
        complete = s3.complete_multipart_upload
        self.refused("BadDigest", 400, complete, **document, ChecksumCRC32=crc32(b"else"))
        done = complete(**document, ChecksumCRC32=crc32(b"".join(pieces)))
        self.assertEqual(done["ChecksumCRC32"], crc32(b"".join(pieces)))
        self.assertNotIn("Uploads", s3.list_multipart_uploads(Bucket=BUCKET))

    def test_a_wrong_checksum_is_refused(self):
        self.refused("BadDigest", 400, put, "broken", b"data", ChecksumCRC32=crc32(b"else"))
        for algorithm in ("SHA1", "SHA256", "CRC32"):
            put("sum", b"data", ChecksumAlgorithm=algorithm)
            self.assertIn(f"Checksum{algorithm}", head("sum", ChecksumMode="ENABLED"))

    def test_lists_have_prefixes_delimiters_and_pages(self):
        keys = [f"list/{folder}/{name}" for folder in ("a", "b", "c d") for name in ("1", "2", "ü&<3>")]
        for key in [*keys, "list/top"]:
            put(key)
        for operation in ("list_objects_v2", "list_objects"):
            pages = list(
                s3.get_paginator(operation).paginate(
                    Bucket=BUCKET, Prefix="list/", PaginationConfig={"PageSize": 3}
                )
            )
            self.assertEqual([len(page["Contents"]) for page in pages], [3, 3, 3, 1])
            self.assertEqual([one["Key"] for page in pages for one in page["Contents"]], [*keys, "list/top"])
            pages = list(
                s3.get_paginator(operation).paginate(
                    Bucket=BUCKET, Prefix="list/", Delimiter="/", PaginationConfig={"PageSize": 2}
                )
            )
            folders = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]
            self.assertEqual(folders, ["list/a/", "list/b/", "list/c d/"])
            self.assertEqual([one["Key"] for page in pages for one in page.get("Contents", [])], ["list/top"])
        after = s3.list_objects_v2(Bucket=BUCKET, Prefix="list/", StartAfter="list/c d/2")
        self.assertEqual([one["Key"] for one in after["Contents"]], ["list/c d/ü&<3>", "list/top"])

    def test_a_copy_keeps_or_replaces_metadata(self):
        put("from ü", b"same", Metadata={"kept": "yes"}, ContentType="text/plain")
        source = {"Bucket": BUCKET, "Key": "from ü"}
        s3.copy_object(Bucket=BUCKET, Key="to", CopySource=source)
        self.assertEqual((read("to"), head("to")["Metadata"]), (b"same", {"kept": "yes"}))
        s3.copy_object(Bucket=BUCKET, Key="to", CopySource=source, MetadataDirective="REPLACE", Metadata={"new": "1"})
        self.assertEqual(head("to")["Metadata"], {"new": "1"})
        self.refused("InvalidRequest", 400, s3.copy_object, Bucket=BUCKET, Key="from ü", CopySource=source)
        self.refused("NoSuchKey", 404, s3.copy_object, Bucket=BUCKET, Key="to", CopySource=f"{BUCKET}/none")

    def test_one_request_deletes_many_objects(self):
        keys = ["delete/1", "delete/<&>", "delete/ü"]
        for key in keys:
            put(key)
        objects = [{"Key": key} for key in [*keys, "delete/none"]]
        done = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": objects})
        self.assertEqual([one["Key"] for one in done["Deleted"]], [*keys, "delete/none"])
        self.assertEqual(s3.list_objects_v2(Bucket=BUCKET, Prefix="delete/")["KeyCount"], 0)
        self.refused("NoSuchBucket", 404, s3.delete_objects, Bucket="boto3-none", Delete={"Objects": objects})

    def test_conditional_requests_are_refused_or_answered_with_304(self):
        etag = put("condition", b"1")["ETag"]
        self.refused("PreconditionFailed", 412, put, "condition", b"2", IfNoneMatch="*")
        put("condition", b"2", IfMatch=etag)
        self.refused("PreconditionFailed", 412, put, "condition", b"3", IfMatch=etag)
        self.refused("PreconditionFailed", 412, read, "condition", IfMatch=etag)
        self.refused("304", 304, read, "condition", IfNoneMatch=head("condition")["ETag"])
        self.refused("304", 304, read, "condition", IfModifiedSince=head("condition")["LastModified"])
        self.assertEqual(read("condition", IfNoneMatch=etag), b"2")
        put("condition/new", b"1", IfNoneMatch="*")

    def test_a_presigned_url_needs_no_key(self):
        def address(operation, **more):
            return s3.generate_presigned_url(operation, Params={"Bucket": BUCKET, "Key": "signed ü", **more})

        upload = urllib.request.Request(
            address("put_object", ContentType="text/plain"), b"signed", {"content-type": "text/plain"}, method="PUT"
        )
        self.assertEqual(urllib.request.urlopen(upload).status, 200)
        with urllib.request.urlopen(address("get_object", ResponseContentType="text/html")) as answer:
            self.assertEqual((answer.read(), answer.headers["content-type"]), (b"signed", "text/html"))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(address("get_object").replace("signed", "range"))
        self.assertEqual(caught.exception.code, 403)
        caught.exception.close()

    def test_a_presigned_form_uploads_a_file(self):
        limits = [["content-length-range", 1, 10]]
        form = s3.generate_presigned_post(BUCKET, "forms/${filename}", Conditions=limits)
        send = lambda body: requests.post(form["url"], data=form["fields"], files={"file": ("f.txt", body)})
        self.assertEqual(send(b"of a form").status_code, 204)
        self.assertEqual(read("forms/f.txt"), b"of a form")
        self.assertIn("EntityTooLarge", send(b"more than that").text)

    def test_urls_and_forms_are_presigned_without_settings(self):
        def address(operation, **more):
            url = plain.generate_presigned_url(operation, Params={"Bucket": BUCKET, "Key": "plain ü", **more})
            self.assertIn("AWSAccessKeyId=", url)
            return url

        upload = urllib.request.Request(
            address("put_object", ContentType="text/plain", Metadata={"k": "v"}),
            b"plain",
            {"content-type": "text/plain"},
            method="PUT",
        )
        self.assertEqual(urllib.request.urlopen(upload).status, 200)
        self.assertEqual(head("plain ü")["Metadata"], {"k": "v"})
        shown = address("get_object", ResponseContentType="text/html", ResponseContentDisposition='a; b="c d"')
        with urllib.request.urlopen(shown) as answer:
            self.assertEqual((answer.read(), answer.headers["content-type"]), (b"plain", "text/html"))
        with urllib.request.urlopen(plain.generate_presigned_url("list_objects", Params={"Bucket": BUCKET})) as answer:
            self.assertIn(b"<ListBucketResult", answer.read())
        for wrong in (shown.replace("plain", "range"), shown.replace("html", "css"), address("delete_object")):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(wrong)
            self.assertEqual(caught.exception.code, 403)
            caught.exception.close()
        form = plain.generate_presigned_post(BUCKET, "plain form")
        self.assertIn("AWSAccessKeyId", form["fields"])
        sent = requests.post(form["url"], data=form["fields"], files={"file": b"of a form"})
        self.assertEqual((sent.status_code, read("plain form")), (204, b"of a form"))

    def test_a_policy_lets_everyone_read_a_bucket(self):
        s3.create_bucket(Bucket="boto3-shown")
        s3.put_object(Bucket="boto3-shown", Key="k", Body=b"shown")
        address = f"{os.environ['S3_ENDPOINT']}/boto3-shown/k"
        self.assertEqual(requests.get(address).status_code, 403)
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": ["*"]},
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::boto3-shown/*"],
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        s3.put_bucket_policy(Bucket="boto3-shown", Policy=policy)
        self.assertEqual(s3.get_bucket_policy(Bucket="boto3-shown")["Policy"], policy)
        self.assertEqual(requests.get(address).content, b"shown")
        block = {"IgnorePublicAcls": True, "RestrictPublicBuckets": True}
        s3.put_public_access_block(Bucket="boto3-shown", PublicAccessBlockConfiguration=block)
        self.assertEqual(requests.get(address).status_code, 403)

    def test_configurations_of_a_bucket_are_kept(self):
        self.refused("NoSuchLifecycleConfiguration", 404, s3.get_bucket_lifecycle_configuration, Bucket=BUCKET)
        rules = [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 1}}]
        s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": rules})
        self.assertEqual(s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"], rules)
        website = {"IndexDocument": {"Suffix": "index.html"}}
        s3.put_bucket_website(Bucket=BUCKET, WebsiteConfiguration=website)
        self.assertEqual(s3.get_bucket_website(Bucket=BUCKET)["IndexDocument"], website["IndexDocument"])
        s3.delete_bucket_website(Bucket=BUCKET)
        self.refused("NoSuchWebsiteConfiguration", 404, s3.get_bucket_website, Bucket=BUCKET)

    def test_an_object_with_a_key_of_the_client_needs_it_in_every_request(self):
        key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
        other = {**key, "SSECustomerKey": os.urandom(32)}
        s3.upload_fileobj(io.BytesIO(large), BUCKET, "own key", ExtraArgs=key, Config=PARTS)
        self.assertEqual(read("own key", **key), large)
        self.refused("InvalidRequest", 400, read, "own key")
        self.refused("AccessDenied", 403, read, "own key", **other)
        source = {"CopySourceSSECustomerAlgorithm": "AES256", "CopySourceSSECustomerKey": key["SSECustomerKey"]}
        where = {"Bucket": BUCKET, "CopySource": {"Bucket": BUCKET, "Key": "own key"}}
        s3.copy_object(**where, Key="no key", **source)
        self.assertEqual(read("no key"), large)

    def test_a_bucket_encrypts_new_objects_with_a_key_of_kms(self):
        s3.create_bucket(Bucket="boto3-kms")
        by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "the-key"}
        s3.put_bucket_encryption(
            Bucket="boto3-kms",
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]},
        )
        written = s3.put_object(Bucket="boto3-kms", Key="k", Body=b"x")
        self.assertEqual((written["ServerSideEncryption"], written["SSEKMSKeyId"]), ("aws:kms", "the-key"))
        self.assertNotEqual(written["ETag"], f'"{hashlib.md5(b"x").hexdigest()}"')

    def test_a_locked_version_is_not_deleted(self):
        s3.create_bucket(Bucket="boto3-locked", ObjectLockEnabledForBucket=True)
        where = {"Bucket": "boto3-locked", "Key": "k"}
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
        version = {**where, "VersionId": s3.put_object(**where, Body=b"x", **lock)["VersionId"]}
        self.refused("AccessDenied", 403, s3.delete_object, **version)
        s3.put_object_legal_hold(**where, LegalHold={"Status": "ON"})
        self.refused("AccessDenied", 403, s3.delete_object, **version, BypassGovernanceRetention=True)
        s3.put_object_legal_hold(**where, LegalHold={"Status": "OFF"})
        s3.delete_object(**version, BypassGovernanceRetention=True)

    def test_attributes_of_an_object_have_its_parts(self):
        s3.upload_fileobj(io.BytesIO(large), BUCKET, "described", Config=PARTS)
        found = s3.get_object_attributes(
            Bucket=BUCKET, Key="described", ObjectAttributes=["ETag", "ObjectParts", "ObjectSize"]
        )
        self.assertEqual((found["ObjectSize"], found["ObjectParts"]["TotalPartsCount"]), (len(large), 3))

    def test_wrong_credentials_are_refused(self):
        wrong = {"aws_secret_access_key": "wrong", "aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"]}
        self.refused("SignatureDoesNotMatch", 403, client(**wrong).list_buckets)
        unknown = {**wrong, "aws_access_key_id": "unknown"}
        self.refused("InvalidAccessKeyId", 403, client(**unknown).put_object, Bucket=BUCKET, Key="x", Body=b"x")

    def test_tags_of_an_object_are_replaced_and_deleted(self):
        put("tagged", b"x", Tagging="a=1&b=c%20d")
        where = {"Bucket": BUCKET, "Key": "tagged"}
        tags = lambda: {one["Key"]: one["Value"] for one in s3.get_object_tagging(**where)["TagSet"]}
        self.assertEqual(tags(), {"a": "1", "b": "c d"})
        s3.put_object_tagging(**where, Tagging={"TagSet": [{"Key": "ü", "Value": "2"}]})
        self.assertEqual(tags(), {"ü": "2"})
        s3.delete_object_tagging(**where)
        self.assertEqual((tags(), read("tagged")), ({}, b"x"))

    def test_a_bucket_with_versions_keeps_earlier_versions(self):
        s3.create_bucket(Bucket="boto3-versions")
        s3.put_bucket_versioning(Bucket="boto3-versions", VersioningConfiguration={"Status": "Enabled"})
        where = {"Bucket": "boto3-versions", "Key": "k"}
        first = s3.put_object(**where, Body=b"1")["VersionId"]
        s3.put_object(**where, Body=b"2")
        self.assertTrue(s3.delete_object(**where)["DeleteMarker"])
        self.refused("NoSuchKey", 404, s3.get_object, **where)
        self.assertEqual(s3.get_object(**where, VersionId=first)["Body"].read(), b"1")
        found = s3.list_object_versions(Bucket="boto3-versions")
        self.assertEqual((len(found["Versions"]), len(found["DeleteMarkers"])), (2, 1))

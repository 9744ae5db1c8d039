"""Topics, taken through CloudFormation."""

from tests.rehearsal.emulator.types.stack import Stack


def test_a_topic_keeps_its_key_through_a_change_and_a_new_name_is_another_topic(created: Stack) -> None:
    topic = created.outputs["Topic"]
    assert created.topic_key(topic).endswith(created.outputs["Key"])
    created.update("Topic", DisplayName="another word for it")
    assert created.outputs["Topic"] == topic
    assert created.topic_key(topic).endswith(created.outputs["Key"])
    del created.template["Resources"]["Topic"]["Properties"]["KmsMasterKeyId"]
    created.update("Topic", TopicName="others")
    assert created.outputs["Topic"].endswith(":others")
    assert created.topic_key(created.outputs["Topic"]) == ""
    assert [found["TopicArn"] for found in created.topics.list_topics()["Topics"]] == [created.outputs["Topic"]]

"""The network, and the groups of what is in it."""

PROPERTIES = {
    "AWS::EC2::EIP": "Domain:text Tags?:list",
    "AWS::EC2::FlowLog": """
        DeliverLogsPermissionArn:text LogDestinationType:text LogGroupName:text ResourceId:text ResourceType:text
        Tags?:list TrafficType:text""",
    "AWS::EC2::InternetGateway": "Tags?:list",
    "AWS::EC2::NatGateway": "AllocationId:text SubnetId:text Tags?:list",
    "AWS::EC2::NetworkAcl": "Tags?:list VpcId:text",
    "AWS::EC2::NetworkAclEntry": """
        CidrBlock:text Egress:switch NetworkAclId:text PortRange:object Protocol:number RuleAction:text
        RuleNumber:number""",
    "AWS::EC2::NetworkAclEntry.PortRange": "From:number To:number",
    "AWS::EC2::Route": "DestinationCidrBlock:text GatewayId?:text NatGatewayId?:text RouteTableId:text",
    "AWS::EC2::RouteTable": "Tags?:list VpcId:text",
    "AWS::EC2::SecurityGroup": "GroupDescription:text SecurityGroupEgress:list Tags?:list VpcId:text",
    "AWS::EC2::SecurityGroup.SecurityGroupEgress": "CidrIp:text Description?:text IpProtocol:text",
    "AWS::EC2::SecurityGroupEgress": """
        CidrIp?:text Description?:text DestinationPrefixListId?:text DestinationSecurityGroupId?:text FromPort:number
        GroupId:text IpProtocol:text ToPort:number""",
    "AWS::EC2::SecurityGroupIngress": """
        CidrIp?:text Description?:text FromPort:number GroupId:text IpProtocol:text SourceSecurityGroupId?:text
        ToPort:number""",
    "AWS::EC2::Subnet": "AvailabilityZone:text CidrBlock:text MapPublicIpOnLaunch:switch Tags?:list VpcId:text",
    "AWS::EC2::SubnetNetworkAclAssociation": "NetworkAclId:text SubnetId:text",
    "AWS::EC2::SubnetRouteTableAssociation": "RouteTableId:text SubnetId:text",
    "AWS::EC2::VPC": """
        CidrBlock:text EnableDnsHostnames:switch EnableDnsSupport:switch InstanceTenancy:text Tags?:list""",
    "AWS::EC2::VPCEndpoint": """
        PolicyDocument:object PrivateDnsEnabled?:switch RouteTableIds?:list SecurityGroupIds?:list ServiceName:text
        SubnetIds?:list Tags?:list VpcEndpointType:text VpcId:text""",
    "AWS::EC2::VPCGatewayAttachment": "InternetGatewayId:text VpcId:text",
}
IN_EVERY_STACK = (
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroup.SecurityGroupEgress",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
)

import pytest

from localcloud.lightsail import catalogue, model
from localcloud.lightsail.errors import InvalidInputException


def test_every_list_fits_the_services_model():
    model.serialise_reply(model.operation("GetBundles"), {"bundles": catalogue.bundles("eu-central-1")})
    model.serialise_reply(model.operation("GetBlueprints"), {"blueprints": catalogue.blueprints()})
    model.serialise_reply(model.operation("GetRelationalDatabaseBundles"), {"bundles": catalogue.database_bundles()})
    model.serialise_reply(
        model.operation("GetRelationalDatabaseBlueprints"), {"blueprints": catalogue.database_blueprints("17.6")}
    )


def test_the_published_prices_that_the_project_counts_on():
    medium = catalogue.bundle("medium_3_0", "eu-central-1")
    assert (medium["price"], medium["ramSizeInGb"], medium["cpuCount"], medium["diskSizeInGb"]) == (24.0, 4.0, 2, 80)
    assert catalogue.database_bundle("micro_2_0")["price"] == 15.0


def test_high_availability_costs_twice_the_standard_plan():
    standard = [bundle for bundle in catalogue.database_bundles() if "_ha_" not in bundle["bundleId"]]
    assert len(standard) == 4
    for bundle in standard:
        available = catalogue.database_bundle(bundle["bundleId"].replace("_2_0", "_ha_2_0"))
        assert available["price"] == 2 * bundle["price"]


def test_a_bigger_bundle_is_never_cheaper():
    by_memory = sorted(catalogue.bundles("eu-central-1"), key=lambda bundle: bundle["ramSizeInGb"])
    prices = [bundle["price"] for bundle in by_memory]
    assert prices == sorted(prices)


def test_a_region_may_sell_bundles_of_its_own():
    there = catalogue.bundle("medium_3_1", "ap-south-1")
    here = catalogue.bundle("medium_3_0", "eu-central-1")
    assert (there["price"], there["transferPerMonthInGb"]) == (here["price"], here["transferPerMonthInGb"] / 2)
    with pytest.raises(InvalidInputException, match="medium_3_0"):
        catalogue.bundle("medium_3_0", "ap-south-1")


def bundle(bundle_id):
    return catalogue.bundle(bundle_id, "eu-central-1")


@pytest.mark.parametrize("look_up", [bundle, catalogue.blueprint, catalogue.database_bundle])
def test_an_unknown_id_is_told_with_the_known_ones(look_up):
    with pytest.raises(InvalidInputException) as caught:
        look_up("huge_9_9")
    assert "huge_9_9" in caught.value.message
    assert "Get" in caught.value.tip


@pytest.mark.parametrize(("zone", "region"), [("eu-central-1z", "eu-central-1"), ("us-east-1a", "eu-central-1")])
def test_a_zone_must_be_one_of_the_regions(zone, region):
    with pytest.raises(InvalidInputException, match=zone):
        catalogue.check_zone(zone, region)

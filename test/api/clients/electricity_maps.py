"""The official SDK of Electricity Maps asks the server whose base address it is given, and prints what it understood."""
import json
import sys

import openapi
from electricitymaps.client import ElectricityMapsClient
from openapi.models.emission_factor_type import EmissionFactorType

base, token, zone, moment, start, end = sys.argv[1:7]


def client(key):
    configuration = openapi.Configuration(host=base)
    configuration.api_key["authToken"] = key
    return ElectricityMapsClient(openapi.ApiClient(configuration))


maps = client(token)
latest = maps.carbon_intensity.latest(zone_key=zone)
history = maps.carbon_intensity.history(zone_key=zone)
forecast = maps.carbon_intensity.forecast(zone_key=zone, horizon_hours=48)
power = maps.power_breakdown.latest(zone_key=zone)
powers = maps.power_breakdown.history(zone_key=zone)
by_point = maps.carbon_intensity.latest(lat=31, lon=104)
past_range = maps.carbon_intensity._api.get_carbon_intensity_past_range(
    start=start, end=end, zone_key=zone, emission_factor_type=EmissionFactorType.DIRECT
)


def refusal(ask):
    try:
        ask()
    except openapi.exceptions.ApiException as error:
        return {"status": error.status, "message": json.loads(error.body)["message"]}
    return None


print(
    json.dumps(
        {
            "latest": latest.to_dict(),
            "history": [row.to_dict() for row in history.history],
            "forecast": [row.to_dict() for row in forecast.forecast],
            "power": power.to_dict(),
            "powers": len(powers.history),
            "byPoint": by_point.to_dict(),
            "pastRange": past_range.to_dict(),
            "badToken": refusal(lambda: client("not-a-token").carbon_intensity.latest(zone_key=zone)),
            "badZone": refusal(lambda: maps.carbon_intensity.latest(zone_key="XX-NOWHERE")),
        }
    )
)

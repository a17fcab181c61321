"""The client that Home Assistant uses; its endpoints are constants, so the base address is put in their place."""
import asyncio
import json
import sys

from aioelectricitymaps import ElectricityMaps, ElectricityMapsInvalidTokenError
from aioelectricitymaps.const import API_BASE_URL, ApiEndpoints
from aioelectricitymaps.request import CoordinatesRequest, ZoneRequest

base, token, zone = sys.argv[1:4]
for name, url in list(vars(ApiEndpoints).items()):
    if isinstance(url, str) and url.startswith(API_BASE_URL):
        setattr(ApiEndpoints, name, base + url[len(API_BASE_URL) :])


async def main():
    async with ElectricityMaps(token=token) as maps:
        latest = await maps.latest_carbon_intensity(ZoneRequest(zone))
        history = await maps.carbon_intensity_history(ZoneRequest(zone))
        power = await maps.latest_power_breakdown(CoordinatesRequest(lat="30.6", lon="104.1"))
        powers = await maps.power_breakdown_history(ZoneRequest(zone))
        zones = await maps.zones()
        home = await maps.carbon_intensity_for_home_assistant(ZoneRequest(zone))
    refused = False
    async with ElectricityMaps(token="not-a-token") as maps:
        try:
            await maps.latest_carbon_intensity(ZoneRequest(zone))
        except ElectricityMapsInvalidTokenError:
            refused = True
    print(
        json.dumps(
            {
                "latest": [latest.zone, latest.carbon_intensity, latest.timestamp.isoformat()],
                "history": len(history.history),
                "power": [power.zone, power.power_consumption_total, power.renewable_percentage],
                "powers": len(powers.history),
                "zones": {key: zone.zone_name for key, zone in zones.items()},
                "home": [home.country_code, home.data.carbon_intensity, home.data.fossil_fuel_percentage],
                "refused": refused,
            }
        )
    )


asyncio.run(main())

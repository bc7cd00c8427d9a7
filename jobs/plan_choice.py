"""What is left open in a plan is settled by the settings, before it is shown, confirmed or begun."""

from dataclasses import replace

from jobs.plans import SURFACE, Plan
from settingsapp import services as settings_services


def settled(plan: Plan) -> Plan:
    """Return the plan with its surface test named: as chosen, else as the setting says."""
    if SURFACE not in plan.stages or plan.surface:
        return plan
    return replace(plan, surface=str(settings_services.current().default_plan))
